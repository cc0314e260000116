//! The agenda of regular meetings: one row for each transfer and kind of meeting.

use baton_ids::{AuthorityId, TransferId};
use baton_store::{Db, StoreError, Tx, with_db, with_tx};
use sqlx::FromRow;
use uuid::Uuid;

use super::transfers::Row;
use crate::domain::{Listed, Transfer};

/// What a list of meetings asks for.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    /// Only those of this kind. Empty for all.
    pub kind: String,
    /// Only those of this district. Empty for all.
    pub area: String,
    /// Only what leaves this team or comes to it. Empty for all.
    pub team: String,
    /// From this day on.
    pub from: String,
    /// Until this day, which belongs to it. Empty for no end.
    pub until: String,
    /// Where the last page ended.
    pub after: After,
    /// How many transfers at most.
    pub limit: i64,
}

/// A place in the list: by day, kind, district and transfer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct After {
    /// The day. Empty for the beginning.
    pub day: String,
    /// The kind of the meeting.
    pub kind: String,
    /// The district whose meeting it is. Empty for the authority's.
    pub area: String,
    /// The transfer.
    pub transfer: Uuid,
}

#[derive(FromRow)]
struct Before {
    day: String,
    kind: String,
    area: String,
    #[sqlx(flatten)]
    transfer: Row,
}

/// Writes which meetings have a transfer before them, when that changed.
#[tracing::instrument(name = "db.agenda.set", skip_all, fields(transfer.id = %transfer.id))]
pub async fn set_agenda(
    tx: &mut Tx,
    before: Option<&Transfer>,
    transfer: &Transfer,
) -> Result<(), StoreError> {
    let former = before.map_or_else(Vec::new, rows);
    let rows = rows(transfer);
    if former == rows {
        return Ok(());
    }
    tx.flush().await?;
    if !former.is_empty() {
        let sql = "DELETE FROM agenda WHERE transfer_id = $1";
        with_tx!(tx, c => sqlx::query(sql)
            .bind(transfer.id.uuid())
            .execute(c)
            .await
            .map(drop))?;
    }
    let sql = "INSERT INTO agenda (transfer_id, kind, authority, day, area, from_team, to_team) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    for [kind, day, area, from_team, to_team] in &rows {
        with_tx!(tx, c => sqlx::query(sql)
            .bind(transfer.id.uuid())
            .bind(kind)
            .bind(transfer.authority.as_str())
            .bind(day)
            .bind(area)
            .bind(from_team)
            .bind(to_team)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Kind, day, district, the team it leaves and the one it comes to.
fn rows(transfer: &Transfer) -> Vec<[String; 5]> {
    let to_team = transfer.known_to_team();
    let row = |kind: &str, Listed { on, area, .. }: &Listed| {
        [
            kind.to_owned(),
            on.to_string(),
            area.clone().unwrap_or_default(),
            transfer.from_team.to_string(),
            to_team.map(ToString::to_string).unwrap_or_default(),
        ]
    };
    transfer
        .agenda()
        .map(|(meeting, listed)| row(&meeting.kind, listed))
        .collect()
}

/// A page of what is before regular meetings: by day, kind and district, then the oldest transfer first.
#[tracing::instrument(name = "db.agenda.list", skip_all)]
pub async fn agenda(
    db: &Db,
    authority: &AuthorityId,
    asked: &Agenda,
) -> Result<Vec<(After, Transfer)>, StoreError> {
    let sql = "SELECT agenda.day, agenda.kind, agenda.area, transfers.document, transfers.version FROM agenda \
        JOIN transfers ON transfers.id = agenda.transfer_id WHERE agenda.authority = $1 \
        AND ($2 = '' OR agenda.kind = $2) AND ($3 = '' OR agenda.area = $3) \
        AND ($4 = '' OR agenda.from_team = $4 OR agenda.to_team = $4) \
        AND agenda.day >= $5 AND ($6 = '' OR agenda.day <= $6) \
        AND (agenda.day, agenda.kind, agenda.area, agenda.transfer_id) > ($7, $8, $9, $10) \
        ORDER BY agenda.day, agenda.kind, agenda.area, agenda.transfer_id LIMIT $11";
    let rows: Vec<Before> = with_db!(db, c => sqlx::query_as(sql)
        .bind(authority.as_str())
        .bind(&asked.kind)
        .bind(&asked.area)
        .bind(&asked.team)
        .bind(&asked.from)
        .bind(&asked.until)
        .bind(&asked.after.day)
        .bind(&asked.after.kind)
        .bind(&asked.after.area)
        .bind(asked.after.transfer)
        .bind(asked.limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Before::listed).collect()
}

impl Before {
    fn listed(self) -> Result<(After, Transfer), StoreError> {
        let transfer = self.transfer.transfer()?;
        let place = After {
            day: self.day,
            kind: self.kind,
            area: self.area,
            transfer: TransferId::uuid(transfer.id),
        };
        Ok((place, transfer))
    }
}
