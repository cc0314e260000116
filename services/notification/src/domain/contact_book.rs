//! Who may say how somebody is reached.

use super::Refusal;
use super::context::{Context, PrincipalKind};

/// Who sets up an authority's people.
const ADMINISTRATOR: &str = "administrator";
/// The kind of an entry that belongs to somebody who works for the authority.
const WORKER: &str = "worker";

/// A record system and an administrator may set any entry; a worker their own; whoever holds a post those of families
/// and agencies. Nobody else turns a colleague's mail to another address.
pub fn ensure_may_set(ctx: &Context, kind: &str, id: &str) -> Result<(), Refusal> {
    let posts = &ctx.actor.posts;
    let may = match ctx.actor.kind {
        PrincipalKind::RecordSystem => true,
        PrincipalKind::Baton => false,
        PrincipalKind::Person if kind == WORKER => {
            ctx.actor.principal == id
                || posts.iter().any(|post| post.role.as_str() == ADMINISTRATOR)
        }
        PrincipalKind::Person => !posts.is_empty(),
    };
    if may {
        return Ok(());
    }
    Err(Refusal::RoleNotAllowed {
        role: ADMINISTRATOR.to_owned(),
        team: String::new(),
        rules: vec![],
    })
}
