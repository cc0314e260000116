//! Where a contact came from, as the children in need census and the Standard Safeguarding Dataset code it.

/// The codes of the census, and what Baton calls the same. What a protocol does not tell apart shares a word.
const SOURCES: [(&str, &str); 22] = [
    ("1A", "relative"),
    ("1B", "public"),
    ("1C", "self"),
    ("1D", "public"),
    ("2A", "school"),
    ("2B", "education"),
    ("3A", "gp"),
    ("3B", "health"),
    ("3C", "health"),
    ("3D", "health"),
    ("3E", "health"),
    ("3F", "health"),
    ("4", "housing"),
    ("5A", "internal"),
    ("5B", "internal"),
    ("5C", "other_authority"),
    ("5D", "early_help"),
    ("6", "police"),
    ("7", "legal_agency"),
    ("8", "other"),
    ("9", "anonymous"),
    ("10", "unknown"),
];

/// The source of a contact in Baton's words: of a code of the census what it stands for, of anything else the word itself.
pub fn source(code: &str) -> &str {
    let known = SOURCES.iter().find(|(census, _)| *census == code);
    known.map_or(code, |(_, source)| source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_census_stands_for_a_source_and_a_word_for_itself() {
        let sources = ["1C", "2A", "5C", "10", "edt", "school"].map(source);

        assert_eq!(
            sources,
            [
                "self",
                "school",
                "other_authority",
                "unknown",
                "edt",
                "school"
            ]
        );
    }

    #[test]
    fn every_source_is_a_word_that_a_contact_may_have() {
        let is_word = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };

        assert!(SOURCES.iter().all(|(_, source)| is_word(source)));
    }
}
