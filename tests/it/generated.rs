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
    /// How likely a field is to hold something strange, in the message at hand.
    strange: f64,
}

impl Generator {
    /// `known` are ids that exist.
    pub fn new(seed: u64, known: Vec<String>) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            known,
            strange: 1.0,
        }
    }

    /// Fills a request: some are strange all over, some in one place or two, some are what a client might send.
    pub fn request(&mut self, descriptor: &MessageDescriptor) -> DynamicMessage {
        self.strange = self.pick(&[1.0, 0.3, 0.05, 0.0]);
        self.message(descriptor, 0)
    }

    fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.full_name() == "google.protobuf.Timestamp" {
            if !self.is_strange() {
                message.set_field_by_name("seconds", Value::I64(1_772_000_000));
                return message;
            }
            let seconds = self.pick(&[
                0,
                1_772_000_000,
                1_773_600_000,
                -1,
                i64::MAX,
                i64::MIN,
                253_402_300_800,
            ]);
            let nanos = self.pick(&[0, 0, 0, 999_999_999, -1, i32::MAX]);
            message.set_field_by_name("seconds", Value::I64(seconds));
            message.set_field_by_name("nanos", Value::I32(nanos));
            return message;
        }
        for field in descriptor.fields() {
            let absent = if self.strange > 0.5 { 0.15 } else { 0.02 };
            if depth >= DEPTH_MAX || self.random.random_bool(absent) {
                continue;
            }
            let value = self.field(&field, depth);
            message.set_field(&field, value);
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                return Value::Map([].into());
            };
            let value = entry.map_entry_value_field();
            let pairs = (0..self.random.random_range(0..3))
                .map(|_| {
                    (
                        MapKey::String(self.text(field.name())),
                        self.single(&value, depth),
                    )
                })
                .collect();
            return Value::Map(pairs);
        }
        if field.is_list() {
            // Too many only where it is the one list: lists of lists of lists would only be slow.
            let most = if depth == 0 { 120 } else { 2 };
            let length = if self.is_strange() {
                self.pick(&[0, 1, 2, most])
            } else {
                1
            };
            return Value::List((0..length).map(|_| self.single(field, depth)).collect());
        }
        self.single(field, depth)
    }

    fn single(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        match field.kind() {
            Kind::String => Value::String(self.text(field.name())),
            Kind::Bytes => Value::Bytes(self.text(field.name()).into_bytes().into()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 if !self.is_strange() => Value::I32(1),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 if !self.is_strange() => Value::I64(0),
            Kind::Enum(_) if !self.is_strange() => Value::EnumNumber(1),
            Kind::Bool => Value::Bool(self.random.random()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(self.pick(&[0, 1, -1, 200, i32::MAX, i32::MIN]))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                Value::I64(self.pick(&[0, 1, 2, -1, i64::MAX, i64::MIN]))
            }
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.pick(&[0, 1, u32::MAX])),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.pick(&[0, 1, u64::MAX])),
            Kind::Float => Value::F32(self.pick(&[0.0, f32::NAN, f32::INFINITY])),
            Kind::Double => Value::F64(self.pick(&[0.0, f64::NAN, f64::NEG_INFINITY])),
            Kind::Enum(_) => Value::EnumNumber(self.pick(&[0, 1, 2, 99, -1])),
            Kind::Message(inner) => Value::Message(self.message(&inner, depth + 1)),
        }
    }

    fn is_strange(&mut self) -> bool {
        self.random.random_bool(self.strange)
    }

    fn text(&mut self, field: &str) -> String {
        if !self.is_strange() {
            return self.plausible(field);
        }
        self.strange_text()
    }

    /// What a client might send in a field of this name.
    fn plausible(&mut self, field: &str) -> String {
        let ids = |known: &[String]| {
            known
                .iter()
                .filter(|id| id.len() == 36)
                .cloned()
                .collect::<Vec<_>>()
        };
        match field {
            "request_id" => format!("generated-{}", self.random.random::<u64>()),
            "child_id" | "case_id" | "transfer_id" | "contact_id" | "closure_id" | "process_id"
            | "with_child_ids" => {
                let ids = ids(&self.known);
                ids[self.random.random_range(0..ids.len())].clone()
            }
            "team_id" | "to_team_id" | "from_team_id" => self.pick(&["frt", "north"]).to_owned(),
            "worker_id" | "attended" | "chaired_by" | "done_by" => {
                self.pick(&["ann", "tom", "nia", "sam"]).to_owned()
            }
            "item" => self
                .pick(&["first_response_audit", "transfer_request", "chronology"])
                .to_owned(),
            "outcome" => self
                .pick(&["child_protection_plan", "no_plan", "assess", "adjourned"])
                .to_owned(),
            "role" => self.pick(&["team_manager", "social_worker"]).to_owned(),
            "system" => "liquidlogic".to_owned(),
            "date" | "due_on" => "2026-03-16".to_owned(),
            name if name.ends_with("_on")
                || name.starts_with("date_")
                || name.ends_with("_date") =>
            {
                self.pick(&["2014-05-01", "2026-03-16"]).to_owned()
            }
            "page_token" | "rule" | "rule_id" => self.pick(&["", "W-053"]).to_owned(),
            "kind" => self
                .pick(&["initial", "core_group", "family", "worker"])
                .to_owned(),
            name if name.ends_with("_id") => {
                let ids = ids(&self.known);
                ids[self.random.random_range(0..ids.len())].clone()
            }
            _ => self
                .pick(&["written", "complete", "assess", "district", "email"])
                .to_owned(),
        }
    }

    fn strange_text(&mut self) -> String {
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
