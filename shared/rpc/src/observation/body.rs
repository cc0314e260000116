//! Following a response to its end: there gRPC says how the call went.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::body::Body;
use tonic::{Code, Status};

use super::{Observation, deadline_passed, panicked};
use crate::Problem;

/// A response body that is followed to its trailers.
pub(super) struct FollowedBody {
    inner: Body,
    observation: Observation,
    deadline: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl FollowedBody {
    /// Follows `inner` for its observation, and ends it at the deadline.
    pub(super) fn new(inner: Body, observation: Observation, deadline: Option<Instant>) -> Self {
        Self {
            inner,
            observation,
            deadline,
            timer: None,
            ended: false,
        }
    }

    /// Ends the response with a problem of ours.
    fn end_with(&mut self, problem: Problem) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.ended = true;
        self.observation.finish(problem.code());
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(
            match Status::from(problem).add_header(&mut trailers) {
                Ok(()) => Ok(Frame::trailers(trailers)),
                Err(status) => Err(status),
            },
        ))
    }

    fn past_deadline(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.deadline else {
            return false;
        };
        // Most bodies are ready at once and never need the timer.
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        timer.as_mut().poll(cx).is_ready()
    }
}

impl http_body::Body for FollowedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let span = this.observation.span.clone();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            span.in_scope(|| Pin::new(&mut this.inner).poll_frame(cx))
        }));
        match polled {
            Err(panic) => this.end_with(panicked(this.observation.method, panic.as_ref())),
            Ok(Poll::Pending) if this.past_deadline(cx) => this.end_with(deadline_passed()),
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Some(Ok(frame)))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    let status = Status::from_header_map(trailers);
                    this.observation
                        .finish(status.map_or(Code::Unknown, |status| status.code()));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Ok(Poll::Ready(Some(Err(status)))) => {
                this.observation.finish(status.code());
                Poll::Ready(Some(Err(status)))
            }
            Ok(Poll::Ready(None)) => {
                this.observation.finish(Code::Unknown);
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
