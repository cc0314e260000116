//! One attempt at a command, and what a failed one means.

use std::time::Duration;

use baton_clock::lease_now;
use jiff::Timestamp;

use super::{Decision, End, Run};
use crate::reactions;
use crate::reactions::answer::Answer;
use crate::reactions::record::{Frozen, Reaction};
use crate::runner::back_off;
use crate::runner::verdict::{self, Verdict};

/// So many attempts wait for each other here; further ones give the lane back meanwhile.
const ATTEMPTS_HERE: i64 = 3;
/// A service that fails so often on one command needs somebody to look.
const ATTEMPTS_BROKEN: i64 = 10;

impl Run {
    /// Sends what is frozen, byte for byte.
    pub(super) async fn send(&mut self, reaction: &Reaction) -> Result<Answer, Verdict> {
        let Some(frozen) = &reaction.frozen else {
            return Err(Verdict::Stale);
        };
        let request = frozen.request(self.runner.0.step);
        let call = self.runner.0.services.call(&frozen.path, request);
        let Ok(answered) = tokio::time::timeout(self.runner.0.step, call).await else {
            return Err(Verdict::Again);
        };
        match answered {
            Ok(response) => Ok(Answer::took_effect(
                &frozen.path,
                response.into_inner().to_vec(),
            )),
            Err(status) => match verdict::of(&frozen.path, &status) {
                Verdict::Refused => Ok(Answer::refused(&frozen.path, &status)),
                verdict => {
                    tracing::debug!(flow.id = %reaction.id, code = ?status.code(), ?verdict, "a step is tried again");
                    Err(verdict)
                }
            },
        }
    }

    /// After a failed attempt: what to do here and now, or how it ends.
    pub(super) async fn again(
        &mut self,
        reaction: &mut Reaction,
        verdict: Verdict,
    ) -> Result<Decision, End> {
        reaction.attempts += 1;
        if verdict == Verdict::Broken && reaction.attempts >= ATTEMPTS_BROKEN {
            return Ok(Decision::Park(reactions::broken()));
        }
        if verdict == Verdict::Stale {
            // The refusal had no effect: the same command on a fresh context is frozen in its place.
            self.seen.forget();
            reaction.frozen = None;
        }
        let wait = back_off::after(reaction.attempts);
        if reaction.attempts < ATTEMPTS_HERE {
            if reaction.attempts > 1 || verdict != Verdict::Stale {
                tokio::time::sleep(wait).await;
            }
            let decision = self.prepare(reaction).await;
            if verdict == Verdict::Stale && matches!(decision, Decision::Send) {
                self.save(reaction);
            }
            return Ok(decision);
        }
        let wait = jiff::SignedDuration::try_from(wait).unwrap_or_default();
        reaction.next_at = lease_now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.save(reaction);
        Err(End::Later(reaction.next_at))
    }
}

impl Frozen {
    /// The call as it is sent each time, to be answered within so long.
    fn request(&self, within: Duration) -> tonic::Request<bytes::Bytes> {
        use tonic::metadata::MetadataValue;

        let mut request = tonic::Request::new(self.request.clone().into());
        let context = MetadataValue::from_bytes(&self.context);
        request
            .metadata_mut()
            .insert_bin(baton_rpc::CONTEXT_KEY, context);
        request.set_timeout(within);
        request
    }
}
