//! What is taken away, and what stays.

use baton_contracts::notification::v1 as wire;
use baton_store::days_before;
use baton_testkit::each_database;

use super::{Desk, instant, request_id, to_roles};
use crate::storage::retention::prune_notices;

#[tokio::test]
async fn settled_notices_go_with_time_and_what_somebody_has_to_see_to_stays() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager"])).await;
        let told = desk.notice().await.notice_id;
        desk.address(&told, &["nia"]).await;
        // Read before it was sent it would count as given.
        desk.settle().await;
        let read = wire::MarkNoticeGivenRequest {
            request_id: request_id(),
            notice_id: told.clone(),
            given_at: Some(instant(super::NOW)),
            how: "in_person".into(),
        };
        desk.notification()
            .mark_notice_given(desk.by("nia", "team_manager", read))
            .await
            .unwrap();
        // Nobody holds the role: somebody has to see to it.
        desk.duty(to_roles("t/icpc/2", &["support_officer"])).await;
        assert_eq!(desk.notices().await.len(), 2);

        let on_the_day = days_before(desk.clock.now(), 0);
        assert_eq!(prune_notices(&desk.store, on_the_day).await.unwrap(), 0);
        let later = on_the_day + jiff::SignedDuration::from_secs(1);
        assert_eq!(prune_notices(&desk.store, later).await.unwrap(), 1);
        assert_ne!(desk.notice().await.notice_id, told);
        assert_eq!(
            desk.events_of("notice.delivered").await.len(),
            1,
            "the proof stays"
        );
    })
    .await;
}
