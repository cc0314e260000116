//! What is before regular meetings: Wirral's district transfer meetings are on 4 and 18 March 2026, and every fortnight.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as wire;
use baton_contracts::type_v1::{Context, PostHeld, Team};
use baton_ids::{CaseId, ChildId};
use baton_testkit::each_database;
use tonic::{Request, Status};

use super::harness::{World, at, carrying, reason, request_id};

/// One case that north's manager asks to have moved.
struct Asked {
    child: String,
    case: String,
    transfer: String,
}

impl World {
    /// A call by north's manager about a case of north, in an authority with a team for children in care.
    fn about<T>(&self, child: &str, case: &str, body: T) -> Request<T> {
        let mut context: Context = self.context("nia");
        context.actor.as_mut().unwrap().posts = vec![PostHeld {
            role: "team_manager".to_owned(),
            team_id: "north".to_owned(),
            ..PostHeld::default()
        }];
        context.organisation.as_mut().unwrap().teams.push(Team {
            team_id: "cic".to_owned(),
            kind: "looked_after".to_owned(),
            ..Team::default()
        });
        let facts = context.child.as_mut().unwrap();
        child.clone_into(&mut facts.child_id);
        child.clone_into(&mut facts.family_id);
        let responsibility = context.responsibility.as_mut().unwrap();
        child.clone_into(&mut responsibility.child_id);
        case.clone_into(&mut responsibility.case_id);
        carrying(body, &context)
    }

    /// A case that is still level 4 goes on with the children in care team: a district meeting has to agree (W-058).
    async fn ask(&self) -> Asked {
        self.moved_to("north");
        let (child, case) = (ChildId::new().to_string(), CaseId::new().to_string());
        let body = wire::RequestTransferRequest {
            request_id: request_id(),
            case_id: case.clone(),
            route: "level_4_ends".to_owned(),
            to_team_id: String::new(),
            reason: "The plan goes on.".to_owned(),
        };
        let asked = self
            .public()
            .request_transfer(self.about(&child, &case, body))
            .await
            .unwrap();
        let transfer = asked.into_inner().transfer.unwrap().transfer_id;
        Asked {
            child,
            case,
            transfer,
        }
    }

    async fn met(&self, of: &Asked, when: &str) {
        let body = wire::RecordMeetingRequest {
            request_id: request_id(),
            transfer_id: of.transfer.clone(),
            kind: "district_transfer".to_owned(),
            held_at: Some(timestamp(at(when))),
            ..Default::default()
        };
        self.public()
            .record_meeting(self.about(&of.child, &of.case, body))
            .await
            .unwrap();
    }

    async fn withdraw(&self, of: &Asked) {
        let body = wire::WithdrawTransferRequest {
            request_id: request_id(),
            transfer_id: of.transfer.clone(),
            reason: "The family stays.".to_owned(),
            ..Default::default()
        };
        self.public()
            .withdraw_transfer(self.about(&of.child, &of.case, body))
            .await
            .unwrap();
    }

    async fn meetings(
        &self,
        body: wire::ListMeetingsRequest,
    ) -> Result<wire::ListMeetingsResponse, Status> {
        let asked = self.by("nia", body);
        Ok(self.public().list_meetings(asked).await?.into_inner())
    }

    /// Every meeting from a day on: its day, its district, and the transfers before it.
    async fn agenda(&self, from: &str) -> Vec<(String, String, Vec<String>)> {
        let asked = wire::ListMeetingsRequest {
            from: from.to_owned(),
            ..Default::default()
        };
        let listed = self.meetings(asked).await.unwrap();
        assert_eq!(listed.next_page_token, "");
        let meetings = listed.meetings.into_iter();
        meetings
            .map(|meeting| {
                assert_eq!(meeting.kind, "district_transfer");
                (meeting.on, meeting.area, ids(meeting.items))
            })
            .collect()
    }
}

fn ids(items: Vec<wire::AgendaItem>) -> Vec<String> {
    items.into_iter().map(|item| item.transfer_id).collect()
}

fn north(on: &str, transfers: &[&Asked]) -> (String, String, Vec<String>) {
    let transfers = transfers.iter().map(|one| one.transfer.clone()).collect();
    (on.to_owned(), "north".to_owned(), transfers)
}

#[tokio::test]
async fn w_092_a_case_is_before_the_next_meeting_with_what_its_checklist_lacks() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = world.ask().await;

        let listed = world.meetings(wire::ListMeetingsRequest::default()).await;
        let meetings = listed.unwrap().meetings;
        let [meeting] = meetings.as_slice() else {
            panic!("one meeting");
        };
        assert_eq!(
            (meeting.on.as_str(), meeting.area.as_str()),
            ("2026-03-04", "north")
        );
        let item = &meeting.items[0];
        assert_eq!(item.transfer_id, case.transfer);
        assert_eq!((&item.case_id, &item.child_id), (&case.case, &case.child));
        assert_eq!(
            (item.from_team_id.as_str(), item.to_team_id.as_str()),
            ("north", "cic")
        );
        assert!(!item.held);
        let missing = |name: &str| item.missing.iter().find(|missing| missing.item == name);
        let agreed = missing("district_meeting").unwrap();
        assert_eq!(
            (&agreed.lacks, &agreed.owner),
            (&vec!["hold_meeting".to_owned()], &None)
        );
        assert!(
            agreed.rules.contains(&"W-058".to_owned()),
            "{:?}",
            agreed.rules
        );
        let stay = missing("agencies_stay").unwrap().owner.clone().unwrap();
        assert_eq!(
            (stay.role.as_str(), stay.team_id.as_str()),
            ("team_manager", "north")
        );
    })
    .await;
}

#[tokio::test]
async fn w_092_a_meeting_that_passed_leaves_the_case_to_the_next_and_a_late_report_brings_it_back()
{
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let (heard, passed) = (world.ask().await, world.ask().await);
        assert_eq!(
            world.agenda("").await,
            [north("2026-03-04", &[&heard, &passed])]
        );

        world.clock.set(at("2026-03-04T11:00:00Z")).unwrap();
        world.met(&heard, "2026-03-04T10:00:00Z").await;
        world.clock.set(at("2026-03-05T00:00:00Z")).unwrap();
        world.announced("transfer.meeting_listed", 1).await;
        let carried = world.last("transfer.meeting_listed").await;
        assert_eq!(carried.rules, ["W-092"]);
        assert_eq!(
            world.agenda("2026-03-01").await,
            [
                north("2026-03-04", &[&heard]),
                north("2026-03-18", &[&passed])
            ]
        );
        assert_eq!(world.agenda("").await, [north("2026-03-18", &[&passed])]);

        world.met(&passed, "2026-03-04T10:30:00Z").await;
        assert_eq!(
            world.agenda("2026-03-01").await,
            [north("2026-03-04", &[&heard, &passed])]
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_withdrawn_is_before_no_meeting_to_come_and_stays_before_the_one_that_dealt_with_it()
 {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let (heard, withdrawn) = (world.ask().await, world.ask().await);
        world.clock.set(at("2026-03-04T11:00:00Z")).unwrap();
        world.met(&heard, "2026-03-04T10:00:00Z").await;

        world.withdraw(&withdrawn).await;
        world.withdraw(&heard).await;

        let listed = world.meetings(wire::ListMeetingsRequest::default()).await;
        let item = listed.unwrap().meetings.remove(0).items.remove(0);
        assert_eq!(item.transfer_id, heard.transfer);
        assert_eq!(item.phase(), wire::Phase::Withdrawn);
        assert!(item.held && item.missing.is_empty());
        assert_eq!(world.agenda("").await, [north("2026-03-04", &[&heard])]);
    })
    .await;
}

#[tokio::test]
async fn pages_of_the_agenda_meet_every_case_once_and_filters_narrow_it() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let cases = [world.ask().await, world.ask().await, world.ask().await];
        world.clock.set(at("2026-03-04T11:00:00Z")).unwrap();
        world.met(&cases[1], "2026-03-03T10:00:00Z").await;

        let mut asked = wire::ListMeetingsRequest {
            from: "2026-03-01".to_owned(),
            page_size: 1,
            ..Default::default()
        };
        let mut found = vec![];
        loop {
            let page = world.meetings(asked.clone()).await.unwrap();
            for meeting in page.meetings {
                found.push((meeting.on, meeting.area, ids(meeting.items)));
            }
            if page.next_page_token.is_empty() {
                break;
            }
            asked.page_token = page.next_page_token;
        }
        assert_eq!(
            found,
            [
                north("2026-03-03", &[&cases[1]]),
                north("2026-03-04", &[&cases[0]]),
                north("2026-03-04", &[&cases[2]]),
            ]
        );

        let count = async |narrow: fn(&mut wire::ListMeetingsRequest)| {
            let mut asked = wire::ListMeetingsRequest {
                from: "2026-03-01".to_owned(),
                ..Default::default()
            };
            narrow(&mut asked);
            let listed = world.meetings(asked).await.unwrap().meetings;
            listed
                .iter()
                .map(|meeting| meeting.items.len())
                .sum::<usize>()
        };
        assert_eq!(
            count(|asked| "district_transfer".clone_into(&mut asked.kind)).await,
            3
        );
        assert_eq!(
            count(|asked| "handover".clone_into(&mut asked.kind)).await,
            0
        );
        assert_eq!(count(|asked| "north".clone_into(&mut asked.area)).await, 3);
        assert_eq!(count(|asked| "south".clone_into(&mut asked.area)).await, 0);
        assert_eq!(count(|asked| "cic".clone_into(&mut asked.team_id)).await, 3);
        assert_eq!(
            count(|asked| "north".clone_into(&mut asked.team_id)).await,
            3
        );
        assert_eq!(count(|asked| "frt".clone_into(&mut asked.team_id)).await, 0);
        assert_eq!(
            count(|asked| "2026-03-03".clone_into(&mut asked.until)).await,
            1
        );
        assert_eq!(
            count(|asked| "2026-03-04".clone_into(&mut asked.from)).await,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn a_period_that_runs_backwards_and_a_token_of_somebody_else_are_refused() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let refused = world
            .meetings(wire::ListMeetingsRequest {
                from: "2026-03-04".to_owned(),
                until: "2026-03-03".to_owned(),
                page_token: "2026-03-04~district_transfer".to_owned(),
                ..Default::default()
            })
            .await
            .unwrap_err();
        assert_eq!(reason(&refused), "INVALID_FIELDS");
        let fields = tonic_types::StatusExt::get_details_bad_request(&refused).unwrap();
        let fields = fields.field_violations.into_iter();
        let fields: Vec<String> = fields.map(|violation| violation.field).collect();
        assert_eq!(fields, ["until", "page_token"]);
    })
    .await;
}
