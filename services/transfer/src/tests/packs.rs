//! A transfer keeps the rules under which it began, whatever later releases bring.

use std::path::Path;

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as wire;
use baton_ids::{CaseId, ChildId};
use baton_protocol_files::Library;
use baton_testkit::each_database;
use tonic::Status;

use super::harness::{World, at, carrying, reason, request_id};

/// A Wirral with so many weeks for naming a worker, from a day on.
fn wirral(weeks: &str, from: &str) -> Library {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/protocol-files/authorities/wirral");
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("wirral");
    std::fs::create_dir(&own).unwrap();
    for file in std::fs::read_dir(shipped).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = text
            .replace("value: 2 weeks", &format!("value: {weeks}"))
            .replace(
                "effective_from: 2020-01-01",
                &format!("effective_from: {from}"),
            );
        std::fs::write(own.join(file.file_name()), text).unwrap();
    }
    Library::load_folder(&own).unwrap_or_else(|error| panic!("{error}"))
}

fn digest(library: &Library) -> String {
    library.packs().next().unwrap().digest.to_string()
}

/// By when the worker has to be named once the case is in the tray.
fn named_by(transfer: &wire::Transfer) -> &str {
    &transfer
        .due
        .iter()
        .find(|due| due.name == "receiving_worker_named")
        .unwrap()
        .due_on
}

#[tokio::test]
async fn a_live_transfer_goes_on_under_its_own_pack_after_an_upgrade() {
    each_database(|url| async move {
        let (v1, v2) = (
            wirral("2 weeks", "2020-01-01"),
            wirral("3 weeks", "2020-01-01"),
        );
        let (old, new) = (digest(&v1), digest(&v2));
        let before = World::under(v1, "wirral", url.clone()).await;
        let opened = before.schedule("2026-03-16T14:00:00Z").await;
        let id = opened.transfer.unwrap().transfer_id;
        let (child, case) = (before.child.clone(), before.case.clone());
        before.end().await;

        // The binary of the next release brings the new files only.
        let mut after = World::under(v2, "wirral", url).await;
        (after.child, after.case) = (child, case);
        after.clock.set(at("2026-03-16T15:30:00Z")).unwrap();
        let placed = after
            .held("2026-03-16T14:00:00Z", "child_protection_plan")
            .await
            .transfer
            .unwrap();
        assert_eq!((&placed.transfer_id, &placed.pack), (&id, &old));
        assert_eq!(named_by(&placed), "2026-03-30");

        // What begins now follows the new files.
        (after.child, after.case) = (ChildId::new().to_string(), CaseId::new().to_string());
        let other = after
            .held("2026-03-16T14:00:00Z", "child_protection_plan")
            .await
            .transfer
            .unwrap();
        assert_eq!(other.pack, new);
        assert_eq!(named_by(&other), "2026-04-06");
        after.end().await;
    })
    .await;
}

impl World {
    /// A trigger under a pack that the gateway names.
    async fn schedule_under(&self, pack: &str) -> Result<wire::Consequence, Status> {
        let mut context = self.context("baton");
        pack.clone_into(&mut context.pack);
        let body = wire::ConsiderTriggerRequest {
            request_id: request_id(),
            child_id: self.child.clone(),
            trigger: "conference_scheduled".to_owned(),
            conference: Some(self.conference("2026-03-16T14:00:00Z", "")),
            effective_at: Some(timestamp(self.clock.now())),
        };
        let mut client = self.reactions();
        let answer = client.consider_trigger(carrying(body, &context));
        Ok(answer.await?.into_inner().consequence.unwrap())
    }
}

#[tokio::test]
async fn a_pack_that_is_not_here_is_asked_for_again() {
    each_database(|url| async move {
        let world = World::under(wirral("2 weeks", "2020-01-01"), "wirral", url).await;
        let elsewhere = digest(&wirral("3 weeks", "2020-01-01"));
        let refused = world.schedule_under(&elsewhere).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (tonic::Code::Unavailable, "PACK_UNKNOWN")
        );
        let details = tonic_types::StatusExt::get_details_retry_info(&refused).unwrap();
        assert!(details.retry_delay.is_some());
    })
    .await;
}
