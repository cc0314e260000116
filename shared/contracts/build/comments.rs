//! Refuses contracts with an element that has no comment.

use std::collections::HashSet;

use prost_reflect::{DescriptorPool, EnumDescriptor, FileDescriptor, MessageDescriptor};

/// Fails with the name of every message, field, oneof, enum, value, service, method and extension
/// of the packages that has no comment of its own.
pub fn require(pool: &DescriptorPool, package_prefix: &str) -> Result<(), String> {
    let bare: Vec<String> = pool
        .files()
        .filter(|file| file.package_name().starts_with(package_prefix))
        .flat_map(|file| bare_elements(&file))
        .collect();
    if bare.is_empty() {
        return Ok(());
    }
    Err(format!("no comment on: {}", bare.join(", ")))
}

fn bare_elements(file: &FileDescriptor) -> Vec<String> {
    let commented: HashSet<&[i32]> = file
        .file_descriptor_proto()
        .source_code_info
        .iter()
        .flat_map(|info| &info.location)
        .filter(|location| {
            !location.leading_comments().trim().is_empty()
                || !location.trailing_comments().trim().is_empty()
        })
        .map(|location| location.path.as_slice())
        .collect();

    let mut elements = Vec::new();
    for message in file.messages() {
        message_elements(&message, &mut elements);
    }
    for each in file.enums() {
        enum_elements(&each, &mut elements);
    }
    for extension in file.extensions() {
        elements.push((extension.path().to_vec(), extension.full_name().to_owned()));
    }
    for service in file.services() {
        elements.push((service.path().to_vec(), service.full_name().to_owned()));
        for method in service.methods() {
            elements.push((method.path().to_vec(), method.full_name().to_owned()));
        }
    }
    elements
        .into_iter()
        .filter(|(path, _)| !commented.contains(path.as_slice()))
        .map(|(_, name)| name)
        .collect()
}

fn message_elements(message: &MessageDescriptor, elements: &mut Vec<(Vec<i32>, String)>) {
    if message.is_map_entry() {
        return;
    }
    elements.push((message.path().to_vec(), message.full_name().to_owned()));
    for field in message.fields() {
        elements.push((field.path().to_vec(), field.full_name().to_owned()));
    }
    for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        elements.push((oneof.path().to_vec(), oneof.full_name().to_owned()));
    }
    for each in message.child_enums() {
        enum_elements(&each, elements);
    }
    for child in message.child_messages() {
        message_elements(&child, elements);
    }
}

fn enum_elements(each: &EnumDescriptor, elements: &mut Vec<(Vec<i32>, String)>) {
    elements.push((each.path().to_vec(), each.full_name().to_owned()));
    for value in each.values() {
        elements.push((value.path().to_vec(), value.full_name().to_owned()));
    }
}
