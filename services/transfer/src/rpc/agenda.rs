//! Regular meetings with what is before them, a page at a time.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as proto;
use baton_rpc::prepare;
use tonic::{Request, Response, Status};

use super::transfers::authority;
use super::{Transfers, convert, parse};
use crate::app::After;
use crate::domain::{Item, Transfer};

impl Transfers {
    pub(super) async fn meetings(
        &self,
        request: Request<proto::ListMeetingsRequest>,
    ) -> Result<Response<proto::ListMeetingsResponse>, Status> {
        let (context, body) = prepare(request)?;
        let mut asked = parse::agenda(&body, self.0.today())?;
        let size = usize::try_from(asked.limit).unwrap_or_default();
        // One more than asked for tells whether there is a next page.
        asked.limit += 1;
        let mut found = self.0.agenda(&authority(&context)?, &asked).await?;
        let more = found.len() > size;
        found.truncate(size);
        let last = found.last().filter(|_| more);
        let next_page_token = last.map_or_else(String::new, |(place, _)| parse::page_after(place));
        let meetings = found
            .chunk_by(|(one, _), (next, _)| of(one) == of(next))
            .filter_map(meeting)
            .collect();
        Ok(Response::new(proto::ListMeetingsResponse {
            meetings,
            next_page_token,
        }))
    }
}

/// The meeting of a place in the list.
fn of(place: &After) -> (&str, &str, &str) {
    (&place.day, &place.kind, &place.area)
}

fn meeting(before: &[(After, Transfer)]) -> Option<proto::RegularMeeting> {
    let (place, _) = before.first()?;
    let mut chair = vec![];
    for (_, transfer) in before {
        let parties = transfer.meeting(&place.kind);
        for party in parties.iter().flat_map(|meeting| &meeting.chair) {
            let owner = convert::to_owner(&transfer.owner(*party));
            if !chair.contains(&owner) {
                chair.push(owner);
            }
        }
    }
    Some(proto::RegularMeeting {
        kind: place.kind.clone(),
        on: place.day.clone(),
        area: place.area.clone(),
        chair,
        items: before
            .iter()
            .map(|(place, transfer)| item(&place.kind, transfer))
            .collect(),
    })
}

fn item(kind: &str, transfer: &Transfer) -> proto::AgendaItem {
    let meeting = transfer.meeting(kind);
    let held_at = meeting.and_then(|meeting| meeting.held_at);
    let open = transfer.gate.iter().filter(|item| !item.is_settled());
    let lacks = if transfer.phase.is_workable() {
        open.map(|item| missing(transfer, item)).collect()
    } else {
        vec![]
    };
    proto::AgendaItem {
        transfer_id: transfer.id.to_string(),
        case_id: transfer.case.to_string(),
        child_id: transfer.child.to_string(),
        route: transfer.route.clone(),
        phase: convert::phase(&transfer.phase).into(),
        from_team_id: transfer.from_team.to_string(),
        to_team_id: convert::text(transfer.known_to_team()),
        held: held_at.is_some(),
        held_at: held_at.map(timestamp),
        agreed_date: convert::text(meeting.and_then(|meeting| meeting.agreed_on.as_ref())),
        missing: lacks,
    }
}

fn missing(transfer: &Transfer, item: &Item) -> proto::MissingItem {
    let owner = item.next_owner();
    proto::MissingItem {
        item: item.name.clone(),
        lacks: item.missing(),
        rules: item.rules.clone(),
        owner: owner.map(|party| convert::to_owner(&transfer.owner(party))),
        due_on: convert::due_on(transfer, &item.name),
    }
}
