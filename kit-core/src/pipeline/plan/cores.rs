//! The policies that plans apply, for one method of a client.

use std::sync::Arc;
use std::time::Instant;

use super::lazy_cache::LazyCache;
use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::pipeline::admission::{Admission, AdmittedCall, Slot};
use crate::pipeline::counters::Observed;
use crate::policy::fallback::Fallback;
use crate::policy::hedge::Hedge;
use crate::policy::retry::Retry;
use crate::policy::snapshot::PolicySnapshot;
use crate::policy::timeout::late;

/// Fallback, cache, retry and hedge of one method of a client.
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
    /// Creates the policies that a client's method declares.
    ///
    /// # Panics
    /// The values of a policy are invalid. Those of attributes have been checked
    /// at compile time.
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
        cores.admission.counters().observe(&observed);
        cores
    }

    /// Replaces the values of the policies while calls are in flight, as
    /// [`Admission::configure`] does.
    ///
    /// # Errors
    /// The values of a policy are invalid. That policy keeps its old values, but
    /// the policies before it already have the new ones, so check first.
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

    /// Admits a call to [`Stage::Sending`], once per call and not per attempt.
    ///
    /// # Errors
    /// A policy refuses the call.
    #[inline]
    pub(crate) fn admit_sending<'a>(
        &'a self,
        arrived: Instant,
        cx: &Context,
        admitted: &mut AdmittedCall<'a>,
    ) -> Result<(), Status> {
        // Neither policy of this stage queues calls.
        self.admission
            .admit(Stage::Sending, cx, arrived.into(), admitted)
            .map(drop)
    }

    /// The error of a call whose deadline has passed.
    #[cold]
    pub(crate) fn late<E: ServiceError>(&self) -> E {
        E::from_status(late(self.method))
    }
}

impl Observed for PlanCores {
    /// Adds the number of cached responses.
    fn add_to(&self, snapshot: &mut PolicySnapshot) {
        if let Some(cache) = self.cache.get() {
            snapshot.cache.get_or_insert_default().entries += cache.entries();
        }
    }
}
