//! How cases and workers were allocated in a period.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::{timestamp, type_v1};
use baton_store::{NewEvent, StoreError};
use baton_testkit::each_database;
use serde_json::{Value, json};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::harness::{World, at, reason};

impl World {
    /// Puts something in the journal, now.
    async fn note(&self, kind: &str, data: Value) {
        let event = NewEvent {
            event_id: Uuid::now_v7(),
            authority: "wirral".to_owned(),
            event_type: kind.to_owned(),
            aggregate_id: Uuid::now_v7(),
            aggregate_version: 1,
            case_id: None,
            child_id: None,
            family_id: None,
            effective_at: self.clock.now(),
            recorded_at: self.clock.now(),
            body: json!({ "type": kind, "data": data }),
            traceparent: None,
        };
        let noted: Result<(), StoreError> = self
            .store
            .transact("note", move |tx| {
                Box::pin(async move {
                    tx.announce(&[event]);
                    Ok(())
                })
            })
            .await;
        noted.unwrap();
    }

    async fn figures(
        &self,
        from: Option<&str>,
        until: Option<&str>,
    ) -> Result<wire::AllocationFigures, tonic::Status> {
        let time = |text: &str| timestamp(at(text));
        let body = wire::GetAllocationFiguresRequest {
            from: from.map(time),
            until: until.map(time),
        };
        let context = self.context("sue", type_v1::PrincipalKind::Person, vec![]);
        let asked = self.carrying(body, &context);
        let answer = self.public().get_allocation_figures(asked).await?;
        Ok(answer.into_inner().figures.unwrap())
    }
}

#[tokio::test]
async fn c_077_a_period_counts_what_was_recorded_in_it() {
    each_database(|url| async move {
        let world = World::empty(url).await;
        let (begin, end) = ("2026-03-02T09:00:00Z", "2026-04-02T09:00:00Z");
        for (kind, data) in [
            ("case.placed", json!({ "worker_id": "" })),
            ("case.placed", json!({ "worker_id": "ann" })),
            ("case.allocated", json!({ "worker_id": "ann" })),
            (
                "case.allocated",
                json!({ "worker_id": "ann", "former_worker_id": "" }),
            ),
            (
                "case.allocated",
                json!({ "worker_id": "bob", "former_worker_id": "ann" }),
            ),
            ("responsibility.moved", json!({ "worker_id": "sam" })),
            ("case.unallocated", json!({})),
            ("case.ended", json!({})),
            ("case.next_worker_identified", json!({})),
        ] {
            world.note(kind, data).await;
        }
        world.clock.set(at(end)).unwrap();
        world.note("case.placed", json!({})).await;

        let expected = wire::AllocationFigures {
            placed: 2,
            allocated: 2,
            changed_worker: 1,
            moved: 1,
            unallocated: 1,
            ended: 1,
        };
        // What is recorded at the end of a period belongs to the next one; without an end it goes on until now.
        let whole = world.figures(Some(begin), Some(end)).await.unwrap();
        assert_eq!(whole, expected);
        assert_eq!(world.figures(Some(begin), None).await.unwrap(), expected);
        let next = world
            .figures(Some(end), Some("2026-07-01T00:00:00Z"))
            .await
            .unwrap();
        assert_eq!((next.placed, next.allocated), (1, 0));

        let refused = world.figures(None, None).await.unwrap_err();
        assert_eq!(reason(&refused), "INVALID_FIELDS");
        // A period that runs backwards has nothing to count, and one that begins after now has not begun.
        let later = "2026-04-02T09:00:01Z";
        for (from, until) in [(end, Some(begin)), (later, None)] {
            let refused = world.figures(Some(from), until).await.unwrap_err();
            assert_eq!(reason(&refused), "INVALID_FIELDS");
            let fields = refused.get_details_bad_request().unwrap().field_violations;
            assert_eq!(fields.len(), 1);
            assert_eq!(fields[0].field, "from");
        }
        let nothing = world.figures(Some(end), Some(end)).await.unwrap();
        assert_eq!(nothing, wire::AllocationFigures::default());
    })
    .await;
}
