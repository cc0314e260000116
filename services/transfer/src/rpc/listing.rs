//! Transfers, a page at a time.

use baton_contracts::transfer::v1 as proto;
use baton_rpc::prepare;
use tonic::{Request, Response, Status};

use super::transfers::authority;
use super::{Transfers, convert, parse};

impl Transfers {
    pub(super) async fn listed(
        &self,
        request: Request<proto::ListTransfersRequest>,
    ) -> Result<Response<proto::ListTransfersResponse>, Status> {
        let (context, body) = prepare(request)?;
        let mut page = parse::page(&body)?;
        let asked = usize::try_from(page.limit).unwrap_or_default();
        // One more than asked for tells whether there is a next page.
        page.limit += 1;
        let mut found = self.0.list(&authority(&context)?, &page).await?;
        let more = found.len() > asked;
        found.truncate(asked);
        let next_page_token = found
            .last()
            .filter(|_| more)
            .map_or_else(String::new, |last| last.id.to_string());
        let transfers = found.iter().map(convert::transfer).collect();
        Ok(Response::new(proto::ListTransfersResponse {
            transfers,
            next_page_token,
        }))
    }
}
