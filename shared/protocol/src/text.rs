//! Small texts of the files that are types of their own: parsed once, written back as they were.

/// Splits a text at the first occurrence of a word that stands by itself.
pub(crate) fn split_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let pattern = format!(" {word} ");
    let (left, right) = text.split_once(&pattern)?;
    Some((left.trim(), right.trim()))
}
