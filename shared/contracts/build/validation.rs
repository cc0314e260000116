//! Writes the checks that the `buf.validate` annotations ask for.
//!
//! What is always checked, annotated or not: text holds no NUL, enum values are defined, instants and
//! `YYYY-MM-DD` dates exist. An annotation that is not known here is an error, never ignored.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor,
    Value,
};

use super::annotations::{FieldRules, entries_of, oneof_required, rules_of, unknown};
use super::bounds::{length_rules, number_rules};
use super::rust_names::{camel_case, enum_path, escape, message_path, module_of};

const DATE: &str = r"^\d{4}-\d{2}-\d{2}$";
const DATE_OR_EMPTY: &str = r"^(\d{4}-\d{2}-\d{2})?$";

/// The text of `impl Validate` for every message of the packages. `root` is the Rust path that stands for
/// the first part of a package name.
pub fn generate(pool: &DescriptorPool, package_prefix: &str, root: &str) -> Result<String, String> {
    let mut generator = Generator {
        root,
        patterns: BTreeMap::new(),
        text: String::new(),
    };
    for message in pool.all_messages() {
        if message.package_name().starts_with(package_prefix) && !message.is_map_entry() {
            generator.message(&message)?;
        }
    }
    for (pattern, index) in &generator.patterns {
        let _ = writeln!(
            generator.text,
            "static PATTERN_{index}: Pattern = Pattern::new({pattern:?});"
        );
    }
    Ok(generator.text)
}

struct Generator<'a> {
    root: &'a str,
    patterns: BTreeMap<String, usize>,
    text: String,
}

impl Generator<'_> {
    fn message(&mut self, message: &MessageDescriptor) -> Result<(), String> {
        if rules_of(
            message.parent_pool(),
            "buf.validate.message",
            &message.options(),
        )
        .is_some()
        {
            return Err(format!(
                "{}: rules on a message are not supported",
                message.full_name()
            ));
        }
        let mut body = String::new();
        for field in message.fields() {
            if field
                .containing_oneof()
                .is_none_or(|oneof| oneof.is_synthetic())
            {
                body.push_str(&self.field(&field)?);
            }
        }
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            body.push_str(&self.oneof(&oneof)?);
        }
        let name = message_path(message, self.root);
        let _ = writeln!(
            self.text,
            "impl Validate for {name} {{\n    fn check(&self, c: &mut Checker) {{\n        let _ = &c;\n{body}    }}\n}}"
        );
        Ok(())
    }

    fn field(&mut self, field: &FieldDescriptor) -> Result<String, String> {
        let rules = FieldRules::of(field)?;
        let name = field.name();
        let member = escape(name);
        if field.is_list() {
            return self.repeated(field, &rules);
        }
        if field.is_map() {
            return self.map(field, &rules);
        }
        let checks = self.value(field, &field.kind(), rules.of_value.as_ref())?;
        if field.supports_presence() {
            let missing = if rules.required {
                format!("c.field({name:?}, Checker::missing);")
            } else {
                String::new()
            };
            if checks.is_empty() && missing.is_empty() {
                return Ok(String::new());
            }
            let value = if checks.is_empty() { "_" } else { "value" };
            return Ok(format!(
                "        match &self.{member} {{ Some({value}) => {{ c.field({name:?}, |c| {{ let _ = &c; {checks} }}); }} \
                 None => {{ {missing} }} }}\n"
            ));
        }
        let required = if rules.required {
            "c.required(value);"
        } else {
            ""
        };
        if checks.is_empty() && required.is_empty() {
            return Ok(String::new());
        }
        Ok(format!(
            "        c.field({name:?}, |c| {{ let value = &self.{member}; {required} {checks} }});\n"
        ))
    }

    fn repeated(&mut self, field: &FieldDescriptor, rules: &FieldRules) -> Result<String, String> {
        let name = field.name();
        let mut sizes = Vec::new();
        let mut items = None;
        if rules.required {
            sizes.push("c.min_items(list.len(), 1);".to_owned());
        }
        for (rule, value) in rules.entries(field, "repeated")? {
            match (rule.as_str(), &value) {
                ("min_items", Value::U64(least)) => {
                    sizes.push(format!("c.min_items(list.len(), {least});"));
                }
                ("max_items", Value::U64(most)) => {
                    sizes.push(format!("c.max_items(list.len(), {most});"));
                }
                ("items", Value::Message(each)) => {
                    items = Some(FieldRules::from_message(field, each)?);
                }
                _ => return Err(unknown(field, &rule)),
            }
        }
        let sizes = sizes.concat();
        let each = items.as_ref().and_then(|items| items.of_value.as_ref());
        let checks = self.value(field, &field.kind(), each)?;
        let checks = if checks.is_empty() {
            String::new()
        } else {
            format!(
                "for (index, value) in list.iter().enumerate() {{ c.index(index, |c| {{ {checks} }}); }}"
            )
        };
        Ok(format!(
            "        c.field({name:?}, |c| {{ let list = &self.{}; let _ = (&c, list); {sizes} {checks} }});\n",
            escape(name)
        ))
    }

    fn map(&mut self, field: &FieldDescriptor, rules: &FieldRules) -> Result<String, String> {
        let name = field.name();
        let mut sizes = Vec::new();
        if rules.required {
            sizes.push("c.min_items(map.len(), 1);".to_owned());
        }
        let (mut key_rules, mut value_rules) = (None, None);
        for (rule, value) in rules.entries(field, "map")? {
            match (rule.as_str(), &value) {
                ("min_pairs", Value::U64(least)) => {
                    sizes.push(format!("c.min_items(map.len(), {least});"));
                }
                ("max_pairs", Value::U64(most)) => {
                    sizes.push(format!("c.max_items(map.len(), {most});"));
                }
                ("keys", Value::Message(each)) => {
                    key_rules = Some(FieldRules::from_message(field, each)?);
                }
                ("values", Value::Message(each)) => {
                    value_rules = Some(FieldRules::from_message(field, each)?);
                }
                _ => return Err(unknown(field, &rule)),
            }
        }
        let sizes = sizes.concat();
        let Kind::Message(entry) = field.kind() else {
            return Err(format!("{}: not a map", field.full_name()));
        };
        let keys = entry.map_entry_key_field();
        let values = entry.map_entry_value_field();
        let key_checks = self.value(
            &keys,
            &keys.kind(),
            key_rules.as_ref().and_then(|r| r.of_value.as_ref()),
        )?;
        let value_checks = self.value(
            &values,
            &values.kind(),
            value_rules.as_ref().and_then(|r| r.of_value.as_ref()),
        )?;
        Ok(format!(
            "        c.field({name:?}, |c| {{ let map = &self.{}; {sizes} for (key, value) in map {{ c.key(key, |c| {{ \
             let _ = (&c, value); {{ let value = key; let _ = value; {key_checks} }} {value_checks} }}); }} }});\n",
            escape(name)
        ))
    }

    fn oneof(&mut self, oneof: &OneofDescriptor) -> Result<String, String> {
        let required = oneof_required(oneof)?;
        let message = oneof.parent_message();
        let path = format!(
            "{}::{}",
            module_of(message, self.root),
            camel_case(oneof.name())
        );
        let mut arms = String::new();
        for field in oneof.fields() {
            let rules = FieldRules::of(&field)?;
            if rules.required {
                return Err(format!("{}: required inside a oneof", field.full_name()));
            }
            let checks = self.value(&field, &field.kind(), rules.of_value.as_ref())?;
            if !checks.is_empty() {
                let _ = write!(
                    arms,
                    "Some({path}::{}(value)) => {{ c.field({:?}, |c| {{ {checks} }}); }} ",
                    camel_case(field.name()),
                    field.name()
                );
            }
        }
        if required {
            let _ = write!(
                arms,
                "None => {{ c.field({:?}, Checker::missing); }} ",
                oneof.name()
            );
        }
        if arms.is_empty() {
            return Ok(String::new());
        }
        Ok(format!(
            "        match &self.{} {{ {arms} _ => {{}} }}\n",
            escape(oneof.name())
        ))
    }

    /// The checks of one value, called `value` in the text.
    fn value(
        &mut self,
        field: &FieldDescriptor,
        kind: &Kind,
        rules: Option<&(String, DynamicMessage)>,
    ) -> Result<String, String> {
        let entries = |family: &str| match rules {
            None => Ok(Vec::new()),
            Some((given, rules)) if given == family => Ok(entries_of(rules)),
            Some((given, _)) => Err(format!(
                "{}: rules of {given} on a field of {family}",
                field.full_name()
            )),
        };
        match kind {
            Kind::String => self.text_rules(field, entries("string")?),
            Kind::Bytes => length_rules(field, entries("bytes")?, "bytes"),
            Kind::Int32 => number_rules(field, entries("int32")?),
            Kind::Int64 => number_rules(field, entries("int64")?),
            Kind::Uint32 => number_rules(field, entries("uint32")?),
            Kind::Uint64 => number_rules(field, entries("uint64")?),
            Kind::Enum(each) => {
                for (rule, value) in entries("enum")? {
                    if !(rule == "defined_only" && value == Value::Bool(true)) {
                        return Err(unknown(field, &rule));
                    }
                }
                let path = enum_path(each, self.root);
                Ok(format!("c.defined({path}::try_from(*value).is_ok());"))
            }
            Kind::Message(message) => {
                if let Some((given, _)) = rules {
                    return Err(unknown(field, given));
                }
                Ok(match message.full_name() {
                    "google.protobuf.Timestamp" => "c.timestamp(value);".to_owned(),
                    "google.protobuf.Struct" => "c.structure(value);".to_owned(),
                    name if name.starts_with("google.protobuf.") => {
                        return Err(format!("{}: {name} is not supported", field.full_name()));
                    }
                    _ => "value.check(c);".to_owned(),
                })
            }
            _ => match rules {
                Some((given, _)) => Err(unknown(field, given)),
                None => Ok(String::new()),
            },
        }
    }

    fn text_rules(
        &mut self,
        field: &FieldDescriptor,
        rules: Vec<(String, Value)>,
    ) -> Result<String, String> {
        let mut checks = String::from("c.text(value);");
        let mut lengths = Vec::new();
        for (rule, value) in rules {
            match (rule.as_str(), &value) {
                ("pattern", Value::String(pattern)) => {
                    let next = self.patterns.len();
                    let index = *self.patterns.entry(pattern.clone()).or_insert(next);
                    let _ = write!(checks, "c.pattern(value, &PATTERN_{index});");
                    if pattern == DATE || pattern == DATE_OR_EMPTY {
                        checks.push_str("c.date(value);");
                    }
                }
                ("uuid", Value::Bool(true)) => checks.push_str("c.uuid(value);"),
                _ => lengths.push((rule, value)),
            }
        }
        checks.push_str(&length_rules(field, lengths, "chars")?);
        Ok(checks)
    }
}
