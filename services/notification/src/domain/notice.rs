//! A notice: the duty to tell one recipient, and what became of it.

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, NoticeId};
use baton_protocol::{Audience, PostHeld};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::safety::Safety;

/// The duty to tell one recipient. Its process is pinned to the pack of the event that started it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id. Also the name of what is handed to a medium, so that the same notice is never handed over twice.
    pub id: NoticeId,
    /// The authority.
    pub authority: AuthorityId,
    /// Makes notices of the same kind for the same cause one. Its last segment counts the rounds: a later round
    /// takes the place of an earlier one that was not sent.
    pub cause_key: String,
    /// The kind.
    pub kind: String,
    /// Whom the rule names.
    pub audience: Addressee,
    /// Who is told.
    pub recipient: Recipient,
    /// The media by which a notice of this kind may go, as the protocol says.
    #[serde(default)]
    pub media: Vec<String>,
    /// The medium that the rule asks for.
    pub medium_asked: String,
    /// The medium that is used.
    pub medium: String,
    /// Where it stands.
    pub state: State,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// By when, when there is a limit.
    pub due: Option<Due>,
    /// Codes and dates that the text is made from.
    pub content: serde_json::Value,
    /// What it is about.
    pub about: About,
    /// Whose duty it is, or who looks after it when it cannot be sent.
    pub sender: Owner,
    /// Digest of the pack it follows.
    pub pack: String,
    /// The version of the facts on which the duty was decided. Nothing is sent before they are seen here.
    pub facts_version: i64,
    /// What was known of safety when it was last decided whether it may be sent. None while nobody has tried, for a notice
    /// within the authority, of which no fact is asked, and for one of before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Safety>,
    /// The post in which somebody withheld it. None when a fact or a rule did, and for one of before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_by: Option<PostHeld>,
    /// When it was handed to its medium, or given.
    pub told_at: Option<Timestamp>,
    /// Grows by one with each change.
    pub version: i64,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The process whose act asked for it: a transfer, a closure, a contact.
    pub process: Uuid,
    /// The event that started it.
    pub event: String,
    /// The case, when there is one.
    pub case: Option<CaseId>,
    /// The child, when there is one.
    pub child: Option<ChildId>,
    /// The family group, when there is one.
    pub family: Option<FamilyId>,
    /// The gate item of the process that is met when it is sent. Empty when none is.
    pub meets_item: String,
}

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Owner {
    /// The role.
    pub role: String,
    /// The team of the role. Empty above teams.
    pub team: String,
    /// The worker, when it is one worker's.
    pub worker: String,
    /// The area of the role.
    pub area: String,
}

/// Whom a rule names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// Whoever holds a role: the organisation is asked.
    Role(Owner),
    /// Somebody outside the authority, by what they are to the child: the contact book is asked.
    Outside(Audience),
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// `worker`, `family`, `child`, `agency`, `referrer`.
    pub kind: String,
    /// The worker, or the entry of the contact book. Empty while nobody is found.
    pub id: String,
}

/// Where a notice stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The organisation is asked who holds the role.
    Unresolved,
    /// It has a recipient and is sent as soon as the safety flags were read.
    Ready,
    /// It waits for facts on which it was decided and which have not arrived here yet.
    AwaitingFacts,
    /// It waits until somebody says whether the recipient may be written to.
    Held,
    /// Nobody could be found.
    Unaddressed,
    /// It was handed to its medium.
    Sent,
    /// It is not sent, for a reason.
    Withheld {
        /// The reason, as a code.
        because: String,
    },
    /// A person told the recipient.
    Given {
        /// How.
        how: String,
    },
    /// The medium says it arrived, or the recipient says so.
    Delivered,
    /// The medium says it did not arrive.
    Returned,
}

/// By when a notice has to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last local day in time.
    pub on: Date,
    /// The first instant that is too late.
    pub at: Timestamp,
    /// Whether it passed before the notice was sent.
    pub breached: bool,
    /// The day from which it was counted. None when it was not counted in days, and for a notice of before this was kept.
    #[serde(default)]
    pub from: Option<Date>,
    /// The days that the count skipped, and why.
    #[serde(default)]
    pub skipped: Vec<(Date, String)>,
}

/// How somebody is reached. The address stays where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The worker, or the id of the entry.
    pub id: String,
    /// The medium.
    pub medium: String,
}

/// What happened to a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The duty began.
    Prepared(Box<Notice>),
    /// Somebody was found to tell.
    Addressed {
        /// Who.
        recipient: Recipient,
        /// The medium that is used.
        medium: String,
    },
    /// Nobody was found.
    Unaddressed,
    /// It waits for facts on which it was decided.
    FactsAwaited,
    /// It waits until somebody says whether the recipient may be written to.
    Held {
        /// The rules that make it wait.
        rules: Vec<String>,
    },
    /// What it waited for arrived.
    Resumed,
    /// It was handed to its medium.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It is not sent.
    Withheld {
        /// The reason, as a code.
        because: String,
        /// The rules that say so.
        rules: Vec<String>,
        /// The post in which somebody decided it. None when a fact did.
        post: Option<PostHeld>,
        /// Digest of the reason in the actor's words.
        reason_digest: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// A person told the recipient.
    Given {
        /// How.
        how: String,
        /// When.
        at: Timestamp,
        /// The post of the person.
        post: Option<PostHeld>,
    },
    /// It arrived.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It did not arrive.
    Returned {
        /// When.
        at: Timestamp,
    },
    /// The due instant passed before it was sent.
    Breached {
        /// The due instant.
        at: Timestamp,
    },
}

impl State {
    /// The state as the table names it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unresolved => "unresolved",
            Self::Ready => "ready",
            Self::AwaitingFacts => "awaiting_facts",
            Self::Held => "held",
            Self::Unaddressed => "unaddressed",
            Self::Sent => "sent",
            Self::Withheld { .. } => "withheld",
            Self::Given { .. } => "given",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
        }
    }

    /// Whether the recipient still has to be told.
    pub const fn is_unsent(&self) -> bool {
        match self {
            Self::Unresolved
            | Self::Ready
            | Self::AwaitingFacts
            | Self::Held
            | Self::Unaddressed => true,
            Self::Sent
            | Self::Withheld { .. }
            | Self::Given { .. }
            | Self::Delivered
            | Self::Returned => false,
        }
    }
}

impl Addressee {
    /// The addressee as one text: with cause and kind it names the duty.
    pub fn key(&self, child: Option<ChildId>) -> String {
        match self {
            Self::Role(Owner {
                role,
                team,
                worker,
                area,
            }) => format!("{role}/{team}/{worker}/{area}"),
            Self::Outside(audience) => {
                format!(
                    "{audience}/{}",
                    child.map(|child| child.to_string()).unwrap_or_default()
                )
            }
        }
    }

    /// The kind of recipient that it comes to.
    pub const fn recipient_kind(&self) -> &'static str {
        match self {
            Self::Role(_) | Self::Outside(Audience::Party(_)) => "worker",
            Self::Outside(Audience::Family) => "family",
            Self::Outside(Audience::Child) => "child",
            Self::Outside(Audience::Agencies) => "agency",
            Self::Outside(Audience::Referrer) => "referrer",
        }
    }
}

/// The notice after an event. The first makes it; everything else needs it.
pub fn apply(notice: Option<Notice>, event: &Event) -> Option<Notice> {
    let mut next = match event {
        Event::Prepared(notice) => return Some((**notice).clone()),
        _ => notice?,
    };
    next.version += 1;
    match event {
        Event::Prepared(_) => {}
        Event::Addressed { recipient, medium } => {
            next.recipient = recipient.clone();
            next.medium.clone_from(medium);
            next.state = State::Ready;
            next.known = None;
        }
        Event::Unaddressed => next.state = State::Unaddressed,
        Event::FactsAwaited => next.state = State::AwaitingFacts,
        Event::Held { .. } => next.state = State::Held,
        Event::Resumed => {
            next.state = State::Ready;
            next.known = None;
        }
        Event::Sent { at } => {
            next.told_at = Some(*at);
            next.state = State::Sent;
        }
        Event::Withheld { because, post, .. } => {
            next.state = State::Withheld {
                because: because.clone(),
            };
            next.withheld_by.clone_from(post);
        }
        Event::Given { how, at, .. } => {
            next.told_at = Some(*at);
            next.state = State::Given { how: how.clone() };
        }
        Event::Delivered { .. } => next.state = State::Delivered,
        Event::Returned { .. } => next.state = State::Returned,
        Event::Breached { .. } => {
            if let Some(due) = &mut next.due {
                due.breached = true;
            }
        }
    }
    Some(next)
}
