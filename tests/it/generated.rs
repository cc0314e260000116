//! Requests that nobody would write: every message of the contracts, filled with what breaks parsers.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// How deep messages nest.
const DEPTH_MAX: usize = 4;

/// Makes messages from a seed.
pub struct Generator {
    random: StdRng,
    /// Ids that exist, so that some requests get past `NOT_FOUND`.
    known: Vec<String>,
}

impl Generator {
    /// `known` are ids that exist.
    pub fn new(seed: u64, known: Vec<String>) -> Self {
        Self { random: StdRng::seed_from_u64(seed), known }
    }

    /// Fills a message.
    pub fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.full_name() == "google.protobuf.Timestamp" {
            let seconds = self.pick(&[0, 1_772_000_000, 1_773_600_000, -1, i64::MAX, i64::MIN, 253_402_300_800]);
            let nanos = self.pick(&[0, 0, 0, 999_999_999, -1, i32::MAX]);
            message.set_field_by_name("seconds", Value::I64(seconds));
            message.set_field_by_name("nanos", Value::I32(nanos));
            return message;
        }
        for field in descriptor.fields() {
            if depth >= DEPTH_MAX || self.random.random_bool(0.15) {
                continue;
            }
            let value = self.field(&field, depth);
            message.set_field(&field, value);
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else { return Value::Map([].into()) };
            let value = entry.map_entry_value_field();
            let pairs = (0..self.random.random_range(0..3))
                .map(|_| (MapKey::String(self.text()), self.single(&value, depth)))
                .collect();
            return Value::Map(pairs);
        }
        if field.is_list() {
            let length = self.pick(&[0, 1, 2, 3, 120]);
            return Value::List((0..length).map(|_| self.single(field, depth)).collect());
        }
        self.single(field, depth)
    }

    fn single(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.text().into_bytes().into()),
            Kind::Bool => Value::Bool(self.random.random()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(self.pick(&[0, 1, -1, 200, i32::MAX, i32::MIN])),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.pick(&[0, 1, 2, -1, i64::MAX, i64::MIN])),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.pick(&[0, 1, u32::MAX])),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.pick(&[0, 1, u64::MAX])),
            Kind::Float => Value::F32(self.pick(&[0.0, f32::NAN, f32::INFINITY])),
            Kind::Double => Value::F64(self.pick(&[0.0, f64::NAN, f64::NEG_INFINITY])),
            Kind::Enum(_) => Value::EnumNumber(self.pick(&[0, 1, 2, 99, -1])),
            Kind::Message(inner) => Value::Message(self.message(&inner, depth + 1)),
        }
    }

    fn text(&mut self) -> String {
        const STRANGE: [&str; 18] = [
            "",
            "x",
            "frt",
            "north",
            "team_manager",
            "assess",
            "initial",
            "child_protection_plan",
            "2026-02-30",
            "2026-03-16",
            "0000-00-00",
            "'; DROP TABLE cases; --",
            "../../etc/passwd",
            "\u{0}",
            "\u{202e}\u{1f476}",
            "00000000-0000-0000-0000-000000000000",
            "018f2d5e-7c1a-7b3e-9a55-0d6f3c2b1a00",
            "W-053",
        ];
        if !self.known.is_empty() && self.random.random_bool(0.25) {
            let at = self.random.random_range(0..self.known.len());
            return self.known[at].clone();
        }
        if self.random.random_bool(0.03) {
            return "long".repeat(5_000);
        }
        self.pick(&STRANGE).to_owned()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.random_range(0..from.len())]
    }
}
