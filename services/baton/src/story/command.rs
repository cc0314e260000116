//! What people do, in the words of a story: each command becomes one call.

use serde_json::{Map, Value, json};

use super::when;
use super::words::{Answers, NotUnderstood, answers, names};

/// A call that a command stands for. The ids of transfer, case, contact or closure are put in when it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The method, without the package: `TransferService/SignItem`.
    pub method: String,
    /// The fields that the words name.
    pub fields: Map<String, Value>,
    /// Answers to the questions of an item, which have to be looked up when they say `all`.
    pub answers: Option<Answers>,
    /// The field that the reason goes into. `None` when the method takes none.
    pub reason_field: Option<&'static str>,
    /// The field that the time of the act goes into. `None` when the method takes none.
    pub time_field: Option<&'static str>,
}

const HELP: &str = "commands are: name receiving worker <person>; name receiving team <team>; complete <item> [answers]; sign <item> [answers]; \
accept audit <item>; reject audit <item>; waive <item>; hold <meeting> [attended by …] [chaired by …]; agree date <day>; \
complete transfer; return transfer; withdraw transfer; explain <rule>; \
defer until <day> reviewing <day>; review deferral [until <day>] reviewing <day>; end deferral; \
raise dispute on <ground>; escalate dispute; resolve dispute goes on|withdrawn|to <team>; \
suspend protocol [on …] [for …] [until <day>] [consulting …] [assessing …]; review suspension; lift suspension; allocate <person>; authorise unallocated; refuse unallocated; \
sign unallocated <step> [covering …]; \
launch contact from <source> by <form> [as <kind>] [to <team>]; decide <outcome> [to <team>] [at level <level>] [for <ground>]; \
record <step> [affirming …] [resting on <basis>]; pass contact to <team>; check tray of <team> looking at …; \
log enquiry about <kind> from <source> by <form>; propose closure on <ground>; \
approve closure; decline closure; do <Service/Method>";

/// Reads a command.
pub fn command(text: &str) -> Result<Command, NotUnderstood> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let transfer = |method: &str| Command::new(&format!("TransferService/{method}"));
    Ok(match words.as_slice() {
        ["name", "receiving", "worker", worker] => {
            transfer("NameReceivingWorker").with("worker_id", *worker)
        }
        ["name", "receiving", "team", team] => transfer("NameReceivingTeam").with("team_id", *team),
        ["complete", "transfer"] => transfer("CompleteTransfer"),
        ["return", "transfer"] => transfer("ReturnTransfer").reason("reason"),
        ["withdraw", "transfer"] => transfer("WithdrawTransfer").reason("reason"),
        ["defer", rest @ ..] => days(transfer("DeferTransfer"), rest)?.reason("reason"),
        ["review", "deferral", rest @ ..] => days(transfer("ReviewDeferral"), rest)?
            .with("continues", true)
            .reason("reason"),
        ["end", "deferral"] => transfer("ReviewDeferral")
            .with("continues", false)
            .reason("reason"),
        ["raise", "dispute", "on", ground] => transfer("RaiseDispute")
            .with("ground", *ground)
            .reason("reason"),
        ["escalate", "dispute"] => transfer("EscalateDispute").reason("reason"),
        ["resolve", "dispute", rest @ ..] => resolution(rest)?,
        ["suspend", "protocol", ..] => suspension(text)?,
        ["review", "suspension"] => transfer("ReviewSuspension").reason("reason"),
        ["lift", "suspension"] => transfer("LiftSuspension").reason("reason"),
        ["explain", rule] => transfer("ExplainDeparture")
            .with("rule_id", *rule)
            .reason("reason"),
        ["sign", "unallocated", step, rest @ ..] => unallocated_step(step, rest)?,
        ["complete", item, rest @ ..] => transfer("CompleteItem").item(item, rest)?,
        ["sign", item, rest @ ..] => transfer("SignItem").item(item, rest)?,
        ["accept", "audit", item] => transfer("ReviewAudit")
            .with("item", *item)
            .with("accepted", true),
        ["reject", "audit", item] => transfer("ReviewAudit")
            .with("item", *item)
            .with("accepted", false)
            .reason("reason"),
        ["waive", item] => transfer("WaiveItem").with("item", *item).reason("reason"),
        ["hold", kind, ..] => meeting(kind, text)?,
        ["agree", "date", day] if when::date(day).is_ok() => {
            transfer("AgreeDate").with("date", *day).reason("reason")
        }
        ["allocate", worker] => Command {
            time_field: Some("effective_at"),
            ..Command::new("AllocationService/AllocateWorker")
        }
        .with("worker_id", *worker),
        [verb @ ("authorise" | "refuse"), "unallocated"] => {
            Command::new("AllocationService/AuthoriseUnallocated")
                .with("authorised", *verb == "authorise")
                .reason("reason")
        }
        ["launch", "contact", "from", source, "by", form, rest @ ..] => Command {
            time_field: Some("received_at"),
            ..Command::new("FrontDoorService/LaunchContact")
        }
        .with("source_kind", *source)
        .with("form", *form)
        .routed(rest)?,
        ["log", "enquiry", "about", kind, "from", source, "by", form] => Command {
            time_field: Some("received_at"),
            ..Command::new("FrontDoorService/LogEnquiry")
        }
        .with("kind", *kind)
        .with("source_kind", *source)
        .with("form", *form),
        ["decide", outcome, rest @ ..] => Command::new("FrontDoorService/DecideContact")
            .with("outcome", *outcome)
            .routed(rest)?
            .reason("rationale"),
        ["record", step, rest @ ..] => contact_step(step, rest)?,
        ["pass", "contact", "to", team] => Command::new("FrontDoorService/PassContact")
            .with("team_id", *team)
            .reason("reason"),
        ["check", "tray", "of", team, "looking", "at", parts @ ..] => {
            Command::new("FrontDoorService/LogTrayCheck")
                .with("team_id", *team)
                .with("looked_at", names(&parts.join(" ")).collect::<Vec<_>>())
        }
        ["propose", "closure", "on", ground] => Command::new("ClosureService/ProposeClosure")
            .with("ground", *ground)
            .reason("reason"),
        [verb @ ("approve" | "decline"), "closure"] => Command::new("ClosureService/DecideClosure")
            .with("approved", *verb == "approve")
            .reason("reason"),
        ["do", method] => Command::new(method),
        _ => return Err(NotUnderstood(format!("`{text}` is no command; {HELP}"))),
    })
}

impl Command {
    fn new(method: &str) -> Self {
        Self {
            method: method.to_owned(),
            fields: Map::new(),
            answers: None,
            reason_field: None,
            time_field: None,
        }
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    fn reason(self, field: &'static str) -> Self {
        Self {
            reason_field: Some(field),
            ..self
        }
    }

    fn item(self, item: &str, rest: &[&str]) -> Result<Self, NotUnderstood> {
        let answers = answers(&rest.join(" "))?;
        let answers = (answers != Answers::default()).then_some(answers);
        Ok(Self {
            answers,
            time_field: Some("effective_at"),
            ..self
        }
        .with("item", item))
    }

    fn routed(self, rest: &[&str]) -> Result<Self, NotUnderstood> {
        match rest {
            [] => Ok(self),
            ["to", team, rest @ ..] => self.with("team_id", *team).routed(rest),
            ["as", kind, rest @ ..] => self.with("kind", *kind).routed(rest),
            ["at", "level", level, rest @ ..] => self.with("need_level", *level).routed(rest),
            ["for", ground, rest @ ..] => self.with("ground", *ground).routed(rest),
            other => Err(NotUnderstood(format!(
                "`{}` is not understood: write `to <team>`",
                other.join(" ")
            ))),
        }
    }
}

/// `until 2026-04-10 reviewing 2026-04-01`, either or both.
fn days(mut command: Command, rest: &[&str]) -> Result<Command, NotUnderstood> {
    for pair in rest.chunks(2) {
        command = match pair {
            ["until", day] if when::date(day).is_ok() => command.with("until", *day),
            ["reviewing", day] if when::date(day).is_ok() => command.with("review_on", *day),
            other => {
                return Err(NotUnderstood(format!(
                    "`{}` is not understood: write `until <day>` and `reviewing <day>`",
                    other.join(" ")
                )));
            }
        };
    }
    Ok(command)
}

/// `goes on`, `withdrawn`, `to west`.
fn resolution(rest: &[&str]) -> Result<Command, NotUnderstood> {
    let command = Command::new("TransferService/ResolveDispute").reason("reason");
    match rest {
        ["goes", "on"] => Ok(command.with("decision", "goes_on")),
        ["withdrawn"] => Ok(command.with("decision", "withdrawn")),
        ["to", team] => Ok(command
            .with("decision", "other_team")
            .with("team_id", *team)),
        other => Err(NotUnderstood(format!(
            "`{}` is not understood: write `goes on`, `withdrawn` or `to <team>`",
            other.join(" ")
        ))),
    }
}

/// `suspend protocol on staff_shortage for child_protection_conference until 2026-04-10 consulting hal`.
fn suspension(text: &str) -> Result<Command, NotUnderstood> {
    const PARTS: [(&str, &str); 5] = [
        (" on ", "grounds"),
        (" for ", "routes"),
        (" until ", "until"),
        (" consulting ", "consulted"),
        (" assessing ", "assessment_team_ids"),
    ];
    let mut command = Command::new("TransferService/SuspendProtocol").reason("reason");
    let mut starts: Vec<(usize, &str, &str)> = PARTS
        .iter()
        .filter_map(|(part, field)| text.find(part).map(|at| (at, *part, *field)))
        .collect();
    starts.sort_unstable();
    let head_end = starts.first().map_or(text.len(), |(at, _, _)| *at);
    if text[..head_end].split_whitespace().count() != 2 {
        return Err(NotUnderstood(format!(
            "`{text}` is not understood: write `suspend protocol on <grounds> for <routes> until <day> consulting <people>`"
        )));
    }
    for (index, (at, part, field)) in starts.iter().enumerate() {
        let end = starts
            .get(index + 1)
            .map_or(text.len(), |(next, _, _)| *next);
        let rest = text[at + part.len()..end].trim();
        command = if *field == "until" {
            command.with(field, rest)
        } else {
            command.with(field, names(rest).collect::<Vec<_>>())
        };
    }
    Ok(command)
}

/// `record information_shared affirming proportionate resting on consent`.
fn contact_step(step: &str, rest: &[&str]) -> Result<Command, NotUnderstood> {
    let command = Command {
        time_field: Some("done_at"),
        ..Command::new("FrontDoorService/RecordContactStep")
    }
    .with("step", step)
    .reason("reason");
    let said = rest.join(" ");
    let (affirms, basis) = said.split_once("resting on ").unwrap_or((&said, ""));
    let affirms = affirms.trim();
    let command = command.with("basis", basis.trim());
    match affirms.strip_prefix("affirming ") {
        Some(codes) => Ok(command.with("affirms", names(codes).collect::<Vec<_>>())),
        None if affirms.is_empty() => Ok(command),
        None => Err(NotUnderstood(format!(
            "`{affirms}` is not understood: write `record <step> affirming <what>, <what> resting on <basis>`"
        ))),
    }
}

/// `sign unallocated risk_assessment covering complexity, risk`.
fn unallocated_step(step: &str, rest: &[&str]) -> Result<Command, NotUnderstood> {
    let command = Command::new("AllocationService/SignUnallocatedStep")
        .with("step", step)
        .reason("text");
    match rest {
        [] => Ok(command),
        ["covering", codes @ ..] => {
            Ok(command.with("covers", names(&codes.join(" ")).collect::<Vec<_>>()))
        }
        other => Err(NotUnderstood(format!(
            "`{}` is not understood: write `covering <what>, <what>`",
            other.join(" ")
        ))),
    }
}

/// `hold core_group attended by sam, ann chaired by nia agreeing joint_work`.
fn meeting(kind: &str, text: &str) -> Result<Command, NotUnderstood> {
    const PARTS: [&str; 4] = ["attended by ", "chaired by ", "agreeing ", "moving on "];
    let mut command = Command {
        time_field: Some("held_at"),
        ..Command::new("TransferService/RecordMeeting")
    };
    command = command.with("kind", kind);

    let mut starts: Vec<(usize, &str)> = PARTS
        .iter()
        .filter_map(|part| text.find(part).map(|at| (at, *part)))
        .collect();
    starts.sort_unstable();
    let head_end = starts.first().map_or(text.len(), |(at, _)| *at);
    if text[..head_end].split_whitespace().count() != 2 {
        return Err(NotUnderstood(format!(
            "`{text}` is no meeting: write `hold core_group attended by sam, ann chaired by nia agreeing joint_work`"
        )));
    }
    for (index, (at, part)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(text.len(), |(next, _)| *next);
        let rest = text[at + part.len()..end].trim();
        command = match *part {
            "attended by " => command.with("attended", names(rest).collect::<Vec<_>>()),
            "chaired by " => command.with("chaired_by", rest),
            "moving on " => command.with("agreed_date", rest),
            _ => {
                let agreed: Map<String, Value> = names(rest)
                    .map(|name| match name.strip_prefix("not ") {
                        Some(name) => (name.to_owned(), json!(false)),
                        None => (name, json!(true)),
                    })
                    .collect();
                command.with("agreed", agreed)
            }
        };
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_call() {
        let sign = command("sign first_response_audit yes to all but chronology_complete").unwrap();
        assert_eq!(sign.method, "TransferService/SignItem");
        assert_eq!(sign.fields["item"], json!("first_response_audit"));
        assert_eq!(
            sign.answers.unwrap().named,
            [("chronology_complete".to_owned(), false)]
        );

        let whole = command("complete transfer").unwrap();
        assert_eq!(whole.method, "TransferService/CompleteTransfer");

        let route = command("decide assess to frt").unwrap();
        assert_eq!(route.fields["team_id"], json!("frt"));
        assert_eq!(route.reason_field, Some("rationale"));
    }

    #[test]
    fn a_meeting_has_people_a_chair_and_agreements_in_any_order() {
        let held = command(
            "hold core_group chaired by nia attended by sam, ann and tom agreeing joint_work, not joint_visit moving on 2026-03-16",
        );
        let fields = held.unwrap().fields;
        assert_eq!(fields["attended"], json!(["sam", "ann", "tom"]));
        assert_eq!(fields["chaired_by"], json!("nia"));
        assert_eq!(fields["agreed_date"], json!("2026-03-16"));
        assert_eq!(
            fields["agreed"],
            json!({"joint_work": true, "joint_visit": false})
        );
        assert!(command("hold a big meeting").is_err());
    }

    #[test]
    fn other_words_are_refused_with_the_list_of_commands() {
        let error = command("transfer it").unwrap_err();
        assert!(error.0.contains("return transfer"), "{error}");
        assert!(command("agree date soon").is_err());
    }
}
