//! How the code generator names things in Rust.

use prost_reflect::{EnumDescriptor, MessageDescriptor};

/// The path of a message below `root`, which stands for the first part of the package.
pub fn message_path(message: &MessageDescriptor, root: &str) -> String {
    let parent = match message.parent_message() {
        Some(parent) => module_of(&parent, root),
        None => package_path(message.package_name(), root),
    };
    format!("{parent}::{}", message.name())
}

/// The path of an enum.
pub fn enum_path(each: &EnumDescriptor, root: &str) -> String {
    let parent = match each.parent_message() {
        Some(parent) => module_of(&parent, root),
        None => package_path(each.package_name(), root),
    };
    format!("{parent}::{}", each.name())
}

/// The module that holds what is nested in a message.
pub fn module_of(message: &MessageDescriptor, root: &str) -> String {
    let parent = match message.parent_message() {
        Some(parent) => module_of(&parent, root),
        None => package_path(message.package_name(), root),
    };
    format!("{parent}::{}", snake_case(message.name()))
}

fn package_path(package: &str, root: &str) -> String {
    let below: Vec<String> = package.split('.').skip(1).map(escape).collect();
    format!("{root}{}", below.join("::"))
}

/// A field name as Rust writes it.
pub fn escape(name: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "as", "async", "await", "box", "const", "do", "dyn", "else", "enum", "final", "fn", "for",
        "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "override", "priv",
        "pub", "ref", "return", "static", "struct", "trait", "try", "type", "unsafe", "use",
        "virtual", "where", "while", "yield",
    ];
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// `due_date` and `DUE_DATE` to `DueDate`.
pub fn camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase()
            })
        })
        .collect()
}

/// `DueDate` to `due_date`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
