//! A refusal as a client reads it: code, reason, rules, what is missing and whose it is.

use std::collections::BTreeSet;
use std::fmt;

use tonic::Status;
use tonic_types::StatusExt as _;

/// What Baton answers when it does not do what was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code: `FAILED_PRECONDITION`.
    pub code: String,
    /// The reason of the closed list: `GATE_NOT_MET`.
    pub reason: String,
    /// The message for people.
    pub message: String,
    /// What has to happen first.
    pub items: Vec<Missing>,
    /// Fields that cannot be understood, with why.
    pub fields: Vec<(String, String)>,
    /// Values for programs.
    pub metadata: Vec<(String, String)>,
}

/// Something that has to happen first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Why it is open.
    pub reason: String,
    /// What: an item, a fact or a rule.
    pub subject: String,
    /// Rules, owner and what to do, in words.
    pub description: String,
}

impl Refusal {
    /// The rules it names anywhere, in order.
    pub fn rules(&self) -> BTreeSet<String> {
        let items = self
            .items
            .iter()
            .flat_map(|item| [&item.subject, &item.description]);
        let metadata = self.metadata.iter().map(|(_, value)| value);
        items
            .chain(metadata)
            .chain([&self.message])
            .flat_map(|text| rule_ids(text))
            .collect()
    }
}

/// The rule IDs in a text: `W-069`, `ST-01`.
fn rule_ids(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'))
        .filter_map(|word| {
            let (family, number) = word.split_once('-')?;
            let id = (1..=2).contains(&family.len())
                && family.bytes().all(|sign| sign.is_ascii_uppercase())
                && (2..=3).contains(&number.len())
                && number.bytes().all(|sign| sign.is_ascii_digit());
            id.then(|| word.to_owned())
        })
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let items = details
            .precondition_failure()
            .map(|failure| &failure.violations);
        let fields = details
            .bad_request()
            .map(|request| &request.field_violations);
        Self {
            code: code_name(status.code()).to_owned(),
            reason: details
                .error_info()
                .map(|info| info.reason.clone())
                .unwrap_or_default(),
            message: status.message().to_owned(),
            items: items
                .into_iter()
                .flatten()
                .map(|item| Missing {
                    reason: item.r#type.clone(),
                    subject: item.subject.clone(),
                    description: item.description.clone(),
                })
                .collect(),
            fields: fields
                .into_iter()
                .flatten()
                .map(|field| (field.field.clone(), field.description.clone()))
                .collect(),
            metadata: details
                .error_info()
                .map(|info| info.metadata.clone().into_iter().collect())
                .unwrap_or_default(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.code)?;
        if !self.reason.is_empty() {
            write!(formatter, "/{}", self.reason)?;
        }
        write!(formatter, ": {}", self.message)?;
        for item in &self.items {
            write!(formatter, "\n  - {}: {}", item.subject, item.description)?;
        }
        for (field, description) in &self.fields {
            write!(formatter, "\n  - {field}: {description}")?;
        }
        Ok(())
    }
}

fn code_name(code: tonic::Code) -> &'static str {
    use tonic::Code;
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_found_in_what_is_missing() {
        let item = Missing {
            subject: "first_response_audit".into(),
            description: "W-069, W-169; owner team_manager of frt; sign it".into(),
            ..Missing::default()
        };
        let refusal = Refusal {
            items: vec![item],
            ..Refusal::default()
        };

        assert_eq!(
            refusal.rules(),
            ["W-069".to_owned(), "W-169".to_owned()].into()
        );
    }

    #[test]
    fn words_with_a_hyphen_are_no_rules() {
        assert_eq!(
            rule_ids("re-referral of 2026-03 X-1 ABC-123 ST-01 X-14.").collect::<Vec<_>>(),
            ["ST-01", "X-14"]
        );
    }
}
