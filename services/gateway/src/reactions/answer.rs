//! What services answered to the steps of a reaction.

use prost::Message;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The answer to one step: the response, or a refusal that had no effect. In the form in which it is kept.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Answer {
    /// The method that answered.
    #[prost(string, tag = "1")]
    pub path: String,
    /// The response. Empty when refused.
    #[prost(bytes = "vec", tag = "2")]
    pub response: Vec<u8>,
    /// The refusal. Absent when it took effect.
    #[prost(message, optional, tag = "3")]
    pub refusal: Option<Refusal>,
}

/// A definite no.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct Refusal {
    /// The gRPC code.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// The reason of the closed list. Empty when the answer gave none.
    #[prost(string, tag = "2")]
    pub reason: String,
    /// The rules on which it rests.
    #[prost(string, repeated, tag = "3")]
    pub rules: Vec<String>,
    /// The fields or items it is about.
    #[prost(string, repeated, tag = "4")]
    pub subjects: Vec<String>,
}

/// All answers so far, as they are kept.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Answers {
    /// One a step, in order.
    #[prost(message, repeated, tag = "1")]
    pub answers: Vec<Answer>,
}

impl Answer {
    /// A response.
    pub fn took_effect(path: &str, response: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            response,
            refusal: None,
        }
    }

    /// A refusal.
    pub fn refused(path: &str, status: &Status) -> Self {
        Self {
            path: path.to_owned(),
            response: Vec::new(),
            refusal: Some(Refusal::of(status)),
        }
    }

    /// The response, decoded. `None` when refused or not understood.
    pub fn as_response<R: Message + Default>(&self) -> Option<R> {
        match self.refusal {
            Some(_) => None,
            None => R::decode(self.response.as_slice()).ok(),
        }
    }
}

impl Refusal {
    /// What a status says, without its text: texts are for people and may say more than we want to keep.
    pub fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let mut rules: Vec<String> = info
            .and_then(|info| info.metadata.get("rules"))
            .map(|rules| rule_ids(rules))
            .unwrap_or_default();
        let mut subjects = Vec::new();
        for violation in details
            .precondition_failure()
            .into_iter()
            .flat_map(|failure| &failure.violations)
        {
            subjects.push(violation.subject.clone());
            // "<rule ids>; owner <role> of <team>; what to do"
            rules.extend(violation.description.split(';').take(1).flat_map(rule_ids));
        }
        for violation in details
            .bad_request()
            .into_iter()
            .flat_map(|bad| &bad.field_violations)
        {
            subjects.push(violation.field.clone());
        }
        rules.dedup();
        Self {
            code: status.code().into(),
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            rules,
            subjects,
        }
    }

    /// The gRPC code.
    pub fn code(&self) -> Code {
        Code::from(self.code)
    }

    /// The reason, or the code where the answer gave none.
    pub fn reason(&self) -> String {
        if self.reason.is_empty() {
            format!("{:?}", self.code()).to_uppercase()
        } else {
            self.reason.clone()
        }
    }
}

/// The rule IDs in a list such as `W-069, X-15`. Whatever else stands there is passed over.
fn rule_ids(text: &str) -> Vec<String> {
    text.split([',', ' '])
        .filter(|word| {
            word.split_once('-').is_some_and(|(letters, digits)| {
                !letters.is_empty()
                    && letters.chars().all(|letter| letter.is_ascii_uppercase())
                    && !digits.is_empty()
                    && digits.chars().all(|digit| digit.is_ascii_alphanumeric())
            })
        })
        .map(str::to_owned)
        .collect()
}
