//! An answer other than OK, with everything a client can act on.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use baton_contracts::{Validate, Violation};
use baton_store::StoreError;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::Reason;

/// The domain of every [`Reason`].
pub const ERROR_DOMAIN: &str = "baton.example";

/// Clients take 8 KiB of trailers by default, and the details travel there in base64.
const DETAILS_BYTES_MAX: usize = 5 * 1024;

/// The longest path of a field that is repeated: a key of a map is in it, and anybody can send any.
const PATH_CHARS_MAX: usize = 120;

/// Why a call fails. Becomes a [`Status`] with `google.rpc` details.
///
/// Nothing in it may repeat what people wrote: it holds ids, codes, dates and rule IDs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{reason}: {message}")]
pub struct Problem {
    reason: Reason,
    message: String,
    fields: Vec<Violation>,
    items: Vec<OpenItem>,
    metadata: BTreeMap<String, String>,
    retry_after: Option<Duration>,
}

/// Something that has to happen first: a gate item, an unknown fact, a rule that refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenItem {
    /// Why it is open, as a code: a [`Reason`] or a code of the service.
    pub reason: String,
    /// The item, fact or rule, by name.
    pub subject: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whose it is: `team_manager of north`. Empty when nobody's.
    pub owner: String,
    /// What to do.
    pub remedy: String,
}

impl OpenItem {
    fn description(&self) -> String {
        let owner = if self.owner.is_empty() {
            String::new()
        } else {
            format!("owner {}", self.owner)
        };
        [self.rules.join(", "), owner, self.remedy.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

impl Problem {
    /// A problem with a message for people. The code follows from the reason.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            fields: Vec::new(),
            items: Vec::new(),
            metadata: BTreeMap::new(),
            retry_after: default_retry(reason),
        }
    }

    /// There is no such thing in this authority: `case 0198…`.
    pub fn not_found(kind: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Reason::NotFound, format!("there is no {kind} {id}"))
            .metadata("kind", kind)
            .metadata("id", id.to_string())
    }

    /// One field cannot be understood.
    pub fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        let mut violations = Violations::default();
        violations.add(field, description);
        violations.into()
    }

    /// Several fields cannot be understood, each with what is wrong with it.
    pub fn invalid_fields(wrong: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        let mut violations = Violations::default();
        for (field, description) in wrong {
            violations.add(field, description);
        }
        violations.into()
    }

    /// Something that the caller cannot mend. Log the cause where this is made: nothing of it is sent.
    pub fn internal() -> Self {
        Self::new(Reason::Internal, "something went wrong on our side")
    }

    /// Adds what has to happen first.
    #[must_use]
    pub fn item(mut self, item: OpenItem) -> Self {
        self.items.push(item);
        self
    }

    /// Adds all that has to happen first.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = OpenItem>) -> Self {
        self.items.extend(items);
        self
    }

    /// Adds a value for programs: an id, a version, a date.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// The reason.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The gRPC code.
    pub fn code(&self) -> tonic::Code {
        self.reason.code()
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What has to happen first.
    pub fn open_items(&self) -> &[OpenItem] {
        &self.items
    }

    /// The fields that cannot be understood.
    pub fn fields(&self) -> &[Violation] {
        &self.fields
    }

    fn details(&self) -> ErrorDetails {
        let mut details = ErrorDetails::new();
        let mut room = Room::new();
        for field in &self.fields {
            if room.take(field.field.len() + field.description.len()) {
                details.add_bad_request_violation(&field.field, &field.description);
            }
        }
        for item in &self.items {
            let description = item.description();
            if room.take(item.reason.len() + item.subject.len() + description.len()) {
                details.add_precondition_failure_violation(
                    &item.reason,
                    &item.subject,
                    description,
                );
            }
        }
        let mut metadata: HashMap<String, String> = self.metadata.clone().into_iter().collect();
        if room.refused > 0 {
            metadata.insert("left_out".to_owned(), room.refused.to_string());
        }
        details.set_error_info(self.reason.as_str(), ERROR_DOMAIN, metadata);
        if self.retry_after.is_some() {
            details.set_retry_info(self.retry_after);
        }
        details
    }
}

/// What is left for details in the trailers.
struct Room {
    bytes: usize,
    refused: usize,
}

impl Room {
    const ENTRY_OVERHEAD: usize = 12;

    const fn new() -> Self {
        Self {
            bytes: DETAILS_BYTES_MAX,
            refused: 0,
        }
    }

    /// Once one entry does not fit, no later one does: the list is cut, not thinned.
    fn take(&mut self, bytes: usize) -> bool {
        let needed = bytes + Self::ENTRY_OVERHEAD;
        if self.refused > 0 || needed > self.bytes {
            self.refused += 1;
            return false;
        }
        self.bytes -= needed;
        true
    }
}

/// What is worth trying again says when.
fn default_retry(reason: Reason) -> Option<Duration> {
    match reason {
        Reason::Overloaded | Reason::Contention => Some(Duration::from_millis(100)),
        Reason::PackUnknown
        | Reason::ViewBehind
        | Reason::ServiceUnreachable
        | Reason::StoreUnavailable => Some(Duration::from_millis(500)),
        _ => None,
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let details = problem.details();
        Self::with_error_details(problem.code(), problem.message, details)
    }
}

impl From<StoreError> for Problem {
    /// Logs what the caller may not learn, once, here.
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::RequestIdReused => {
                return Self::new(Reason::RequestIdReused, error.to_string());
            }
            StoreError::Contention => return Self::new(Reason::Contention, error.to_string()),
            StoreError::Unavailable(_) | StoreError::Interrupted => {
                tracing::warn!(error = %error, "the store is not available");
                return Self::new(Reason::StoreUnavailable, "the database is not available");
            }
            _ => {}
        }
        tracing::error!(error = %error, "the store failed");
        Self::internal()
    }
}

/// Collects the fields of a request that cannot be understood, so that all are named at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Adds a field.
    pub fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation {
            field: field.into(),
            description: description.into(),
        });
    }

    /// Adds what the annotations of a message's contract find.
    pub fn check(&mut self, message: &impl Validate) {
        self.0.extend(message.violations());
    }

    /// The value, or a violation of the field and `None`.
    pub fn parse<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed
            .map_err(|error| self.add(field, error.to_string()))
            .ok()
    }

    /// Whether every field could be understood.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fails when a field could not be understood.
    pub fn into_result(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into())
        }
    }
}

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        let mut fields = violations.0;
        for field in &mut fields {
            cut(&mut field.field);
        }
        let mut names: Vec<&str> = fields
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        names.dedup();
        names.truncate(10);
        let message = format!("these fields cannot be understood: {}", names.join(", "));
        Self {
            fields,
            ..Self::new(Reason::InvalidFields, message)
        }
    }
}

/// Cuts a path that is too long to be told.
fn cut(path: &mut String) {
    if let Some((end, _)) = path.char_indices().nth(PATH_CHARS_MAX) {
        path.truncate(end);
        path.push_str("...");
    }
}
