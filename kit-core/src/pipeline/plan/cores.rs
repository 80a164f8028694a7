//! The policies that plans work with, of one method of a client.

use std::sync::Arc;
use std::time::Instant;

use super::lazy_cache::LazyCache;
use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::pipeline::admission::{Admission, Entered, Slot};
use crate::pipeline::counters::Observed;
use crate::policy::fallback::Fallback;
use crate::policy::hedge::Hedge;
use crate::policy::retry::Retry;
use crate::policy::snapshot::PolicySnapshot;
use crate::policy::timeout::late;

/// The policies that plans work with: one of these for each method of a
/// client.
#[derive(Debug)]
pub(crate) struct PlanCores {
    method: &'static str,
    admission: Arc<Admission>,
    pub(crate) fallback: Slot<Fallback<()>>,
    pub(crate) cache: Slot<LazyCache>,
    pub(crate) retry: Slot<Retry>,
    pub(crate) hedge: Slot<Hedge>,
}

impl PlanCores {
    /// The cores of what a client's policies declare.
    ///
    /// # Panics
    /// A policy has values that it can't work with. Those of attributes have
    /// been checked by the compiler.
    pub(crate) fn of(
        policies: &SidePolicies,
        method: &'static str,
        admission: Arc<Admission>,
    ) -> Arc<Self> {
        let cores = Self {
            method,
            admission,
            fallback: Slot::empty(),
            cache: Slot::empty(),
            retry: Slot::empty(),
            hedge: Slot::empty(),
        };
        if let Err(invalid) = cores.configure(policies) {
            panic!("{method}: {invalid}");
        }
        let cores = Arc::new(cores);
        let observed: Arc<dyn Observed> = cores.clone();
        cores.admission.counters().watch(&observed);
        cores
    }

    /// Takes other values while calls go on, as a gate does.
    ///
    /// # Errors
    /// A policy can't work with its values. It has those that it had; those
    /// before it have the new ones, so check first.
    pub(crate) fn configure(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let (name, counters) = (self.admission.name(), self.admission.counters());
        self.fallback.set(
            policies.fallback,
            |codes| {
                let fallback = Fallback::new(()).on(codes).named(name);
                fallback.counted(counters.fallback.share())
            },
            |fallback, codes| {
                fallback.configure(codes);
                Ok(())
            },
        )?;
        self.cache.set(
            policies.cache,
            |config| LazyCache::new(config, counters.cache.share()),
            LazyCache::configure,
        )?;
        self.retry.set(
            policies.retry,
            |config| {
                Retry::new(config)
                    .named(name)
                    .counted(counters.retry.share())
            },
            Retry::configure,
        )?;
        self.hedge.set(
            policies.hedge,
            |config| {
                Hedge::new(config)
                    .named(name)
                    .counted(counters.hedge.share())
            },
            Hedge::configure,
        )
    }

    /// Asks what is asked once a call that is sent.
    ///
    /// # Errors
    /// The refusal.
    #[inline]
    pub(crate) fn enter<'a>(
        &'a self,
        came: Instant,
        cx: &Context,
        entered: &mut Entered<'a>,
    ) -> Result<(), Status> {
        // Neither of the two ever tells a call to wait.
        self.admission
            .enter(Stage::Sending, cx, came.into(), entered)
            .map(drop)
    }

    /// What a caller is told whose deadline has passed.
    #[cold]
    pub(crate) fn late<E: ServiceError>(&self) -> E {
        E::from_status(late(self.method))
    }
}

impl Observed for PlanCores {
    /// Adds what the policies hold now.
    fn add_to(&self, snapshot: &mut PolicySnapshot) {
        if let Some(cache) = self.cache.get() {
            snapshot.cache.get_or_insert_default().entries += cache.entries();
        }
    }
}
