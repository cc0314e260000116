//! Collects violations with the path of the field in hand.

use std::fmt::{Display, Write as _};

use super::{Pattern, Violation};

/// More violations than this say nothing new, and the answer travels in a header of limited size.
const VIOLATIONS_MAX: usize = 50;
/// A map key in a path is cut to this many characters: the caller chooses its length.
const KEY_CHARS_MAX: usize = 64;

/// Collects the violations of one message.
#[derive(Debug, Default)]
pub struct Checker {
    path: String,
    found: Vec<Violation>,
}

impl Checker {
    /// What was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.found
    }

    /// Checks inside a field.
    pub fn field(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        check(self);
        self.path.truncate(length);
    }

    /// Checks an item of a list.
    pub fn index(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let _ = write!(self.path, "[{index}]");
        check(self);
        self.path.truncate(length);
    }

    /// Checks an entry of a map.
    pub fn key(&mut self, key: impl Display, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let shown: String = key.to_string().chars().take(KEY_CHARS_MAX).collect();
        let _ = write!(self.path, "[{}]", shown.escape_default());
        check(self);
        self.path.truncate(length);
    }

    /// Reports a violation of the field in hand.
    pub fn refuse(&mut self, description: impl Into<String>) {
        if self.found.len() < VIOLATIONS_MAX {
            self.found.push(Violation {
                field: self.path.clone(),
                description: description.into(),
            });
        }
    }

    /// Reports that the field in hand is missing.
    pub fn missing(&mut self) {
        self.refuse("is required");
    }

    /// Refuses the value that stands for nothing.
    pub fn required<T: Default + PartialEq>(&mut self, value: &T) {
        if *value == T::default() {
            self.missing();
        }
    }

    /// Neither database can hold a NUL in a text.
    pub fn text(&mut self, value: &str) {
        if value.contains('\0') {
            self.refuse("must not contain NUL");
        }
    }

    /// Refuses a text with fewer characters.
    pub fn min_chars(&mut self, value: &str, least: usize) {
        if value.chars().take(least).count() < least {
            self.refuse(format!("must have at least {least} characters"));
        }
    }

    /// Refuses a text with more characters.
    pub fn max_chars(&mut self, value: &str, most: usize) {
        if value.len() > most && value.chars().nth(most).is_some() {
            self.refuse(format!("must have at most {most} characters"));
        }
    }

    /// Refuses fewer bytes.
    pub fn min_bytes(&mut self, value: &[u8], least: usize) {
        if value.len() < least {
            self.refuse(format!("must have at least {least} bytes"));
        }
    }

    /// Refuses more bytes.
    pub fn max_bytes(&mut self, value: &[u8], most: usize) {
        if value.len() > most {
            self.refuse(format!("must have at most {most} bytes"));
        }
    }

    /// Refuses a text that does not match.
    pub fn pattern(&mut self, value: &str, pattern: &Pattern) {
        if !pattern.matches(value) {
            self.refuse(format!("must match {}", pattern.text()));
        }
    }

    /// A date of the right shape that is in no calendar. Its shape is the pattern's affair.
    pub fn date(&mut self, value: &str) {
        if value.len() == 10 && value.parse::<jiff::civil::Date>().is_err() {
            self.refuse("must be a date that exists");
        }
    }

    /// Refuses anything but a hyphenated UUID.
    pub fn uuid(&mut self, value: &str) {
        let hyphenated = value.len() == 36
            && value.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if !hyphenated {
            self.refuse("must be a UUID");
        }
    }

    /// Refuses a smaller number.
    pub fn least(&mut self, value: impl Into<i128>, least: i128) {
        if value.into() < least {
            self.refuse(format!("must be at least {least}"));
        }
    }

    /// Refuses a larger number.
    pub fn most(&mut self, value: impl Into<i128>, most: i128) {
        if value.into() > most {
            self.refuse(format!("must be at most {most}"));
        }
    }

    /// Refuses a shorter list or map.
    pub fn min_items(&mut self, count: usize, least: usize) {
        if count < least {
            self.refuse(format!("must have at least {least} items"));
        }
    }

    /// Refuses a longer list or map.
    pub fn max_items(&mut self, count: usize, most: usize) {
        if count > most {
            self.refuse(format!("must have at most {most} items"));
        }
    }

    /// Refuses a number that is no value of its enum.
    pub fn defined(&mut self, defined: bool) {
        if !defined {
            self.refuse("must be a value of its enum");
        }
    }

    /// Refuses an instant that does not exist.
    pub fn timestamp(&mut self, value: &prost_types::Timestamp) {
        if crate::instant(value).is_err() {
            self.refuse("must be an instant that exists");
        }
    }

    /// Refuses what neither database can hold: NUL and numbers that are not finite.
    pub fn structure(&mut self, value: &prost_types::Struct) {
        for (key, value) in &value.fields {
            self.key(key, |checker| {
                checker.text(key);
                checker.structured(value);
            });
        }
    }

    fn structured(&mut self, value: &prost_types::Value) {
        use prost_types::value::Kind;
        match &value.kind {
            Some(Kind::StringValue(text)) => self.text(text),
            Some(Kind::NumberValue(number)) if !number.is_finite() => {
                self.refuse("must be a finite number");
            }
            Some(Kind::StructValue(inner)) => self.structure(inner),
            Some(Kind::ListValue(list)) => {
                for (index, value) in list.values.iter().enumerate() {
                    self.index(index, |checker| checker.structured(value));
                }
            }
            None | Some(Kind::NullValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_)) => {}
        }
    }
}
