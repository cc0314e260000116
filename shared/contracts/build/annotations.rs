//! Reads the `buf.validate` annotations.

use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, OneofDescriptor, Value};

/// The rules of one field, apart from those of its kind.
pub struct FieldRules {
    /// Whether the field must be there.
    pub required: bool,
    /// The family of its other rules, and those rules.
    pub of_value: Option<(String, DynamicMessage)>,
}

impl FieldRules {
    pub fn of(field: &FieldDescriptor) -> Result<Self, String> {
        match rules_of(
            field.parent_message().parent_pool(),
            "buf.validate.field",
            &field.options(),
        ) {
            Some(rules) => Self::from_message(field, &rules),
            None => Ok(Self {
                required: false,
                of_value: None,
            }),
        }
    }

    pub fn from_message(field: &FieldDescriptor, message: &DynamicMessage) -> Result<Self, String> {
        let mut rules = Self {
            required: false,
            of_value: None,
        };
        for (rule, value) in entries_of(message) {
            match value {
                Value::Bool(required) if rule == "required" => rules.required = required,
                Value::Message(message) if rule != "cel" => rules.of_value = Some((rule, message)),
                _ => return Err(unknown(field, &rule)),
            }
        }
        Ok(rules)
    }

    pub fn entries(
        &self,
        field: &FieldDescriptor,
        family: &str,
    ) -> Result<Vec<(String, Value)>, String> {
        match &self.of_value {
            None => Ok(Vec::new()),
            Some((given, rules)) if given == family => Ok(entries_of(rules)),
            Some((given, _)) => Err(format!(
                "{}: rules of {given} on a field of {family}",
                field.full_name()
            )),
        }
    }
}

pub fn rules_of(
    pool: &DescriptorPool,
    extension: &str,
    options: &DynamicMessage,
) -> Option<DynamicMessage> {
    let extension = pool.get_extension_by_name(extension)?;
    if !options.has_extension(&extension) {
        return None;
    }
    options.get_extension(&extension).as_message().cloned()
}

pub fn oneof_required(oneof: &OneofDescriptor) -> Result<bool, String> {
    let pool = oneof.parent_message().parent_pool();
    let mut required = false;
    for (rule, value) in rules_of(pool, "buf.validate.oneof", &oneof.options())
        .iter()
        .flat_map(entries_of)
    {
        match value {
            Value::Bool(value) if rule == "required" => required = value,
            _ => return Err(format!("{}: unknown rule {rule}", oneof.full_name())),
        }
    }
    Ok(required)
}

pub fn entries_of(message: &DynamicMessage) -> Vec<(String, Value)> {
    message
        .fields()
        .map(|(field, value)| (field.name().to_owned(), value.clone()))
        .collect()
}

pub fn unknown(field: &FieldDescriptor, rule: &str) -> String {
    format!("{}: unknown rule {rule}", field.full_name())
}
