//! CSV as spreadsheets write it: commas, quotes around what needs them, any line ending.

/// A record with the number of the line on which it begins, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line.
    pub line: i32,
    /// The fields, without the spaces around them.
    pub fields: Vec<String>,
}

/// Every record that is not empty. `None` when a quote is never closed.
pub fn records(text: &str) -> Option<Vec<Record>> {
    let mut records = Vec::new();
    let mut fields: Vec<String> = Vec::new();
    let mut field = String::new();
    let (mut line, mut begun) = (1, 1);
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    let mut end = |fields: &mut Vec<String>, field: &mut String, begun: i32| {
        fields.push(std::mem::take(field).trim().to_owned());
        let fields = std::mem::take(fields);
        if fields.iter().any(|field| !field.is_empty()) {
            records.push(Record {
                line: begun,
                fields,
            });
        }
    };
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            ',' if !quoted => fields.push(std::mem::take(&mut field).trim().to_owned()),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                line += 1;
                if quoted {
                    field.push(' ');
                } else {
                    end(&mut fields, &mut field, begun);
                    begun = line;
                }
            }
            char => field.push(char),
        }
    }
    if quoted {
        return None;
    }
    end(&mut fields, &mut field, begun);
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_line_endings_and_a_byte_order_mark_are_what_spreadsheets_make_them() {
        let text = "\u{feff}a,b\r\n\"1, \"\"x\"\"\", 2 \n\n,\n3,\"4\n5\"\n6,7";
        let records = records(text).unwrap();
        let shown: Vec<(i32, Vec<&str>)> = records
            .iter()
            .map(|record| {
                (
                    record.line,
                    record.fields.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (1, vec!["a", "b"]),
                (2, vec!["1, \"x\"", "2"]),
                (5, vec!["3", "4 5"]),
                (7, vec!["6", "7"]),
            ]
        );
        assert_eq!(super::records("a\n\"b"), None);
    }
}
