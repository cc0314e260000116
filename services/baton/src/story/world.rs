//! What the story's names stand for in the running Baton, and the questions that a story asks it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{Api, CallError};
use super::fits::plain;
use super::shape::{self, Children};

/// One page is enough for a story.
const PAGE: i32 = 200;

/// The running Baton as a story sees it.
pub struct World {
    /// The public door.
    pub api: Api,
    /// Who asks when nobody is named: the record system.
    pub system: String,
    /// The ids of the children.
    pub children: Children,
    /// The people, by worker id, with their posts in words.
    pub people: BTreeMap<String, Vec<(String, String)>>,
    /// The last answer.
    pub last: Value,
}

impl World {
    /// Asks as the record system.
    pub async fn ask(&self, method: &str, body: Value) -> Result<Value, CallError> {
        self.api.call(&self.system, method, &body).await
    }

    /// The id of a child.
    pub fn child(&self, name: &str) -> Result<&str, CallError> {
        let id = self.children.get(name).map(String::as_str);
        id.ok_or_else(|| CallError::Request(format!("the story has no child `{name}`")))
    }

    /// The name of a child or other id that the story knows, or the id itself.
    pub fn name_of(&self, id: &str) -> String {
        let name = self
            .children
            .iter()
            .find(|(_, known)| *known == id)
            .map(|(name, _)| name.clone());
        name.unwrap_or_else(|| id.to_owned())
    }

    /// The open case of a child, or else the latest.
    pub async fn case(&self, child: &str) -> Result<Option<Value>, CallError> {
        let body = json!({ "child_id": self.child(child)?, "page_size": PAGE });
        let mut cases = list(
            &self.ask("AllocationService/ListCases", body).await?,
            "cases",
        );
        cases.sort_by_key(|case| (case["open"] == true, plain(&case["opened_at"])));
        Ok(cases.pop())
    }

    /// The latest transfer of a child.
    pub async fn transfer(&self, child: &str) -> Result<Option<Value>, CallError> {
        let body = json!({ "child_id": self.child(child)?, "page_size": PAGE });
        let mut transfers = list(
            &self.ask("TransferService/ListTransfers", body).await?,
            "transfers",
        );
        transfers.sort_by_key(|transfer| plain(&transfer["transfer_id"]));
        Ok(transfers.pop())
    }

    /// The latest contact about a child.
    pub async fn contact(&self, child: &str) -> Result<Option<Value>, CallError> {
        let body = json!({ "child_id": self.child(child)?, "page_size": PAGE });
        let mut contacts = list(
            &self.ask("FrontDoorService/ListContacts", body).await?,
            "contacts",
        );
        contacts.sort_by_key(|contact| plain(&contact["contact_id"]));
        Ok(contacts.pop())
    }

    /// The latest closure of a child's case.
    pub async fn closure(&self, child: &str) -> Result<Option<Value>, CallError> {
        let Some(case) = self.case(child).await? else {
            return Ok(None);
        };
        let body = json!({ "case_id": case["case_id"], "page_size": PAGE });
        let mut closures = list(
            &self.ask("ClosureService/ListClosures", body).await?,
            "closures",
        );
        closures.sort_by_key(|closure| plain(&closure["closure_id"]));
        Ok(closures.pop())
    }

    /// Who is responsible for a child's case: `(team, worker)`. `None` when the case is closed or there was none yet.
    pub async fn responsible(
        &self,
        child: &str,
        at: Option<String>,
        believed_at: Option<String>,
    ) -> Result<Option<(String, String)>, CallError> {
        let Some(case) = self.case(child).await? else {
            return Ok(None);
        };
        if at.is_none() && case["open"] != true {
            return Ok(None);
        }
        let mut body = json!({ "case_id": case["case_id"] });
        if let Some(at) = at {
            body["at"] = json!(at);
        }
        if let Some(believed_at) = believed_at {
            body["believed_at"] = json!(believed_at);
        }
        let answer = self
            .ask("AllocationService/GetResponsibility", body)
            .await?;
        let id = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Some((
            id(&answer["team"]["team_id"]),
            id(&answer["worker"]["worker_id"]),
        )))
    }

    /// The notices about a child's case and latest contact.
    pub async fn notices(&self, child: &str) -> Result<Vec<Value>, CallError> {
        let mut notices = Vec::new();
        if let Some(case) = self.case(child).await? {
            let body = json!({ "case_id": case["case_id"], "page_size": PAGE });
            let answer = self.ask("NotificationService/ListNotices", body).await?;
            notices.extend(list(&answer, "notices"));
        }
        // A contact that became no case has its notices too.
        if let Some(contact) = self.contact(child).await? {
            let body = json!({ "process_id": contact["contact_id"], "page_size": PAGE });
            let answer = self.ask("NotificationService/ListNotices", body).await?;
            let known: Vec<Value> = notices
                .iter()
                .map(|notice: &Value| notice["notice_id"].clone())
                .collect();
            let more = list(&answer, "notices").into_iter();
            notices.extend(more.filter(|notice| !known.contains(&notice["notice_id"])));
        }
        Ok(notices)
    }

    /// What happened to a child, and what is waited for.
    pub async fn journey(&self, child: &str) -> Result<(Vec<Value>, Vec<Value>), CallError> {
        let body = json!({ "child_id": self.child(child)? });
        let answer = self.ask("JourneyService/GetJourney", body).await?;
        let events = list(&answer, "entries")
            .into_iter()
            .map(|mut entry| entry["event"].take());
        Ok((events.collect(), list(&answer, "waiting_for")))
    }

    /// Moves simulated time, and waits until Baton is at rest.
    pub async fn advance(&self, to: jiff::Timestamp) -> Result<(), CallError> {
        self.ask(
            "DevelopmentService/AdvanceTo",
            json!({ "to": to.to_string() }),
        )
        .await?;
        Ok(())
    }

    /// The value of a variable: `$kit`, `$kit.case`, `$kit.transfer`, `$kit.contact`, `$kit.closure`, `$last.field`.
    pub async fn variable(&self, variable: &str) -> Result<Value, CallError> {
        let (name, rest) = variable
            .trim_start_matches('$')
            .split_once('.')
            .unwrap_or((&variable[1..], ""));
        if name == "last" {
            let found =
                rest.split('.')
                    .try_fold(&self.last, |value, part| match part.parse::<usize>() {
                        Ok(index) => value.get(index),
                        Err(_) => value.get(part),
                    });
            return found
                .cloned()
                .ok_or_else(|| CallError::Request(format!("the last answer has no `{rest}`")));
        }
        let id = self.child(name)?;
        let found = match rest {
            "" => return Ok(json!(id)),
            "case" => field(self.case(name).await?, "case_id"),
            "transfer" => field(self.transfer(name).await?, "transfer_id"),
            "contact" => field(self.contact(name).await?, "contact_id"),
            "closure" => field(self.closure(name).await?, "closure_id"),
            other => {
                return Err(CallError::Request(format!(
                    "`{variable}`: a child has no `{other}`"
                )));
            }
        };
        found.ok_or_else(|| CallError::Request(format!("there is no {rest} of {name}")))
    }

    /// Puts values in the place of every variable.
    pub async fn substitute(&self, value: &Value) -> Result<Value, CallError> {
        let mut names = Vec::new();
        shape::variables(value, &mut names);
        let mut known = BTreeMap::new();
        for name in names {
            let value = self.variable(&name).await?;
            known.insert(name, value);
        }
        Ok(shape::substitute(value, &known))
    }
}

fn field(value: Option<Value>, name: &str) -> Option<Value> {
    value.map(|mut value| value[name].take())
}

/// A list in an answer; empty when it is absent.
pub fn list(answer: &Value, name: &str) -> Vec<Value> {
    answer[name].as_array().cloned().unwrap_or_default()
}
