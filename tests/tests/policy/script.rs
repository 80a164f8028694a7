//! A scripted peer, and the refusals of its clients.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;

#[derive(Debug, thiserror::Error, ServiceError)]
pub enum FetchError {
    #[error("no item {id}")]
    #[status(not_found)]
    NoItem { id: u32 },
    #[error(transparent)]
    Status(#[from] Status),
}

/// The behaviour of a peer at its nth call, counted from one.
pub(crate) type Script = fn(u32) -> Step;

#[derive(Clone, Copy)]
pub(crate) enum Step {
    Answer,
    Fail,
    Refuse,
    Hang,
}

/// A peer that follows a script, for every method.
#[derive(Clone)]
pub(crate) struct Scripted {
    calls: Arc<AtomicU32>,
    script: Script,
}

impl Scripted {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            calls: Arc::default(),
            script,
        }
    }

    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl<M: Method<Response = u32, Error = FetchError>> Endpoint<M> for Scripted {
    async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match (self.script)(call) {
            Step::Answer => Ok(call),
            Step::Fail => Err(Status::unavailable("down").into()),
            Step::Refuse => Err(FetchError::NoItem { id: 1 }),
            Step::Hang => pending().await,
        }
    }
}

#[track_caller]
pub(super) fn refusal(outcome: Result<u32, FetchError>) -> (PolicyKind, RefusalReason) {
    match outcome {
        Err(FetchError::Status(status)) => {
            let refusal = status.refusal().expect("a policy refused it");
            (refusal.policy(), refusal.reason())
        }
        other => panic!("{other:?} is no refusal"),
    }
}

pub(super) const OPEN: (PolicyKind, RefusalReason) = (PolicyKind::Breaker, RefusalReason::Open);
