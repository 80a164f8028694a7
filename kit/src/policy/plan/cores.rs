//! The policies that plans work with, of one method of a client.

use std::sync::Arc;
use std::time::Instant;

use super::cache_of::CacheOf;
use crate::context::Context;
use crate::policy::fallback::Fallback;
use crate::policy::gate::{Entered, Gate, Slot, Stage};
use crate::policy::hedge::Hedge;
use crate::policy::retry::Retry;
use crate::policy::timeout::late;
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

    /// What a caller is told whose deadline has passed.
    #[cold]
    pub(super) fn late<E: ServiceError>(&self) -> E {
        E::from_status(late(self.method))
    }
}
