//! The policies that plans work with, of one method of a client.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use pin_project_lite::pin_project;

use super::cache_of::CacheOf;
use crate::context::Context;
use crate::policy::fallback::Fallback;
use crate::policy::gate::{Entered, Gate, Slot, Stage};
use crate::policy::hedge::Hedge;
use crate::policy::retry::Retry;
use crate::policy::timeout::{Within, late, within};
use crate::policy::{InvalidPolicy, SidePolicies};
use crate::service_error::ServiceError;
use crate::status::Status;

/// The policies that plans work with: one of these for each method of a
/// client.
#[derive(Debug)]
pub struct PlanCores {
    method: &'static str,
    gate: Arc<Gate>,
    pub(super) fallback: Slot<Fallback<()>>,
    pub(super) cache: Slot<CacheOf>,
    pub(super) retry: Slot<Retry>,
    pub(super) hedge: Slot<Hedge>,
}

impl PlanCores {
    /// The cores of what a client's policies declare.
    ///
    /// # Panics
    /// A policy has values that it can't work with. Those of attributes have
    /// been checked by the compiler.
    pub(crate) fn new(policies: &SidePolicies, method: &'static str, gate: Arc<Gate>) -> Self {
        let cores = Self {
            method,
            gate,
            fallback: Slot::empty(),
            cache: Slot::empty(),
            retry: Slot::empty(),
            hedge: Slot::empty(),
        };
        if let Err(invalid) = cores.configure(policies) {
            panic!("{method}: {invalid}");
        }
        cores
    }

    /// Takes other values while calls go on, as a gate does.
    ///
    /// # Errors
    /// A policy can't work with its values. It has those that it had; those
    /// before it have the new ones, so check first.
    pub(crate) fn configure(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        self.fallback.set(
            policies.fallback,
            |codes| Fallback::new(()).on(codes),
            |fallback, codes| {
                fallback.configure(codes);
                Ok(())
            },
        )?;
        self.cache
            .set(policies.cache, CacheOf::new, CacheOf::configure)?;
        self.retry.set(
            policies.retry,
            |config| Retry::new(config).named(self.method),
            Retry::configure,
        )?;
        self.hedge.set(
            policies.hedge,
            |config| Hedge::new(config).named(self.method),
            Hedge::configure,
        )
    }

    /// Asks what is asked once a call that is sent.
    ///
    /// # Errors
    /// The refusal.
    #[inline]
    pub(super) fn enter<'a>(
        &'a self,
        came: Instant,
        cx: &Context,
        entered: &mut Entered<'a>,
    ) -> Result<(), Status> {
        // Neither of the two ever tells a call to wait.
        self.gate
            .enter(Stage::Sending, cx, came.into(), entered)
            .map(drop)
    }

    /// Awaits a call until the deadline of its context.
    pub(super) fn in_time<T, E, F>(&self, cx: &Context, call: F) -> InTime<F>
    where
        E: ServiceError,
        F: Future<Output = Result<T, E>>,
    {
        InTime {
            call: within(cx.deadline(), call),
            method: self.method,
        }
    }
}

pin_project! {
    /// A call until its deadline. Not an `async fn`, which would have room for
    /// the call twice.
    pub(super) struct InTime<F> {
        #[pin]
        call: Within<F>,
        method: &'static str,
    }
}

impl<T, E: ServiceError, F: Future<Output = Result<T, E>>> Future for InTime<F> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.call.poll(task) {
            Poll::Ready(Ok(outcome)) => Poll::Ready(outcome),
            Poll::Ready(Err(_)) => Poll::Ready(Err(E::from_status(late(this.method)))),
            Poll::Pending => Poll::Pending,
        }
    }
}
