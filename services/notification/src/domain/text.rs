//! What a letter says: short and neutral, made from codes and dates. Names are not here to be written.

use std::fmt::Write as _;

use baton_protocol::Pack;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::notice::Notice;

/// What of the content a letter may say, and how. Ids of cases, children and processes stay out; workers go by the ids that
/// the council gave them.
const SAID: &[(&str, &str)] = &[
    ("conference_kind", "Kind of conference"),
    ("conference_at", "The conference is on"),
    ("initial_cin_meeting_on", "The meeting is on"),
    ("outgoing_team", "Team until now"),
    ("from_team", "Team until now"),
    ("receiving_team", "Team from then on"),
    ("to_team", "Team from then on"),
    ("receiving_worker", "Worker from then on"),
    ("to_worker", "Worker from then on"),
    ("to_manager", "Manager of that team"),
    ("to_team_phone", "Telephone of that team"),
    ("new_contact_numbers", "Telephone of that team"),
    ("point_due_on", "Planned for"),
    ("moves_on", "Planned for"),
    ("agreed_date", "Agreed for"),
    ("moved_at", "Since"),
    ("status", "Plan"),
    ("outcome", "Outcome"),
    ("decided_at", "Decided on"),
    ("due_on", "Due on"),
    ("clock", "What is due"),
];

/// What a referrer from the public is told (W-028): nothing of the case.
const RESTRICTED: &str = "Thank you. What you told us has been received and dealt with. \
    To protect the child's privacy we cannot say more.";

/// A letter or an email, ready for its medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject: the same for every case.
    pub subject: &'static str,
    /// The body.
    pub body: String,
}

/// The text of a notice.
pub fn of(notice: &Notice, pack: &Pack, tz: &TimeZone) -> Text {
    let mut body = String::new();
    if notice.content.get("restricted") == Some(&Value::Bool(true)) {
        body.push_str(RESTRICTED);
        body.push('\n');
    } else {
        let kind = pack
            .notification
            .kinds
            .iter()
            .find(|kind| kind.kind == notice.kind);
        let title = kind.map_or_else(|| notice.kind.replace('_', " "), |kind| kind.title.clone());
        // Writing to a string cannot fail.
        let _ = writeln!(body, "{title}.\n");
        for (key, words) in SAID {
            if let Some(Value::String(value)) = notice.content.get(*key)
                && !value.is_empty()
            {
                let _ = writeln!(body, "{words}: {}", in_words(value, pack, tz));
            }
        }
    }
    let _ = writeln!(body, "\nReference: {}", notice.id);
    Text {
        subject: "Information from children's services",
        body,
    }
}

/// An instant in local words, a code in the authority's own.
fn in_words(value: &str, pack: &Pack, tz: &TimeZone) -> String {
    match value.parse::<Timestamp>() {
        Ok(instant) => instant
            .to_zoned(tz.clone())
            .strftime("%-d %B %Y, %H:%M")
            .to_string(),
        Err(_) => pack.label(value).replace('_', " "),
    }
}

/// An email as a file: who sends it, to whom, a message id that stays the same however often it is written.
pub fn email(text: &Text, notice: &Notice, from: &str, to: &str, date: Timestamp) -> String {
    let domain = from
        .rsplit_once('@')
        .map_or("baton.example", |(_, domain)| domain);
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {}\r\nMessage-ID: <{}@{domain}>\r\nDate: {}\r\n\
        MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
        text.subject,
        notice.id,
        date.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        text.body.replace('\n', "\r\n"),
    )
}

/// A letter as a file: the address, then the text.
pub fn letter(text: &Text, to: &str) -> String {
    format!("{to}\n\n{}\n\n{}", text.subject, text.body)
}
