//! Writes the table of methods from the option `baton.type.v1.call`, which every method must carry.

use std::fmt::Write as _;

use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MethodDescriptor, ReflectMessage as _, Value,
};

use super::rust_names::camel_case;

const OPTION: &str = "baton.type.v1.call";

/// Requests that mean the same when they come twice. Asking for an instant twice sets the clock once.
const WITHOUT_REQUEST_ID: &[&str] = &["baton.gateway.v1.DevelopmentService.AdvanceTo"];

/// The text of `CALLS`, sorted by path.
pub fn generate(pool: &DescriptorPool, package_prefix: &str) -> Result<String, String> {
    let mut rows = Vec::new();
    for service in pool.services() {
        if service.package_name().starts_with(package_prefix) {
            for method in service.methods() {
                rows.push(row(pool, &method)?);
            }
        }
    }
    rows.sort();

    let mut text = String::from(
        "/// Every method of Baton, sorted by path.\npub static CALLS: &[Call] = &[\n",
    );
    for (_, row) in rows {
        text.push_str(&row);
    }
    text.push_str("];\n");
    Ok(text)
}

fn row(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<(String, String), String> {
    let name = method.full_name();
    let extension = pool
        .get_extension_by_name(OPTION)
        .ok_or_else(|| format!("the option {OPTION} is not defined"))?;
    let options = method.options();
    if !options.has_extension(&extension) {
        return Err(format!("{name} has no option {OPTION}"));
    }
    let call = options.get_extension(&extension).into_owned();
    let call = call
        .as_message()
        .ok_or_else(|| format!("{OPTION} on {name} is not a message"))?;

    let kind = enum_name(call, "kind", "CALL_KIND_")?;
    let subject = enum_name(call, "subject", "SUBJECT_")?;
    let field = call
        .get_field_by_name("field")
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    check_subject(method, &subject, &field)?;
    if method.is_client_streaming() {
        // The client keeps a request's one message to send it again.
        return Err(format!("{name}: a stream of requests is not supported"));
    }
    if kind == "Request"
        && !WITHOUT_REQUEST_ID.contains(&name)
        && method.input().get_field_by_name("request_id").is_none()
    {
        return Err(format!("{name} changes something and has no request_id"));
    }

    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let mut row = String::new();
    let _ = writeln!(
        row,
        "    Call {{ path: {path:?}, kind: CallKind::{kind}, subject: Subject::{subject}, field: {field:?}, \
         input: {:?}, output: {:?}, streaming: {} }},",
        method.input().full_name(),
        method.output().full_name(),
        method.is_server_streaming(),
    );
    Ok((path, row))
}

/// The Rust variant of an enum field, never the unspecified one.
fn enum_name(call: &DynamicMessage, field: &str, prefix: &str) -> Result<String, String> {
    let unset = || format!("{OPTION}.{field} is not stated");
    let descriptor = call
        .descriptor()
        .get_field_by_name(field)
        .ok_or_else(unset)?;
    let (Kind::Enum(values), Value::EnumNumber(number)) =
        (descriptor.kind(), call.get_field(&descriptor).into_owned())
    else {
        return Err(unset());
    };
    if number == 0 {
        return Err(unset());
    }
    let value = values.get_value(number).ok_or_else(unset)?;
    Ok(camel_case(
        value.name().strip_prefix(prefix).unwrap_or_default(),
    ))
}

/// A method about something names the request field that holds its id.
fn check_subject(method: &MethodDescriptor, subject: &str, field: &str) -> Result<(), String> {
    let name = method.full_name();
    if (subject == "None") != field.is_empty() {
        return Err(format!("{name}: subject and field do not fit together"));
    }
    if field.is_empty() {
        return Ok(());
    }
    match method.input().get_field_by_name(field) {
        Some(found) if found.kind() == Kind::String && !found.is_list() => Ok(()),
        _ => Err(format!(
            "{name}: {field} is not a text field of its request"
        )),
    }
}
