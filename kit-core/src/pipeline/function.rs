//! The policies of a plain function.
//!
//! `#[kit::breaker(..)]` on an `async fn` adds a static [`Function`] to it and
//! runs its body through that. A function has no request that could be cloned
//! or hashed, so the generated code does what a plan does for a method:
//!
//! ```text
//! FUNCTION.call(body)                                                       no policy repeats or replaces the call
//! FUNCTION.plan_or(FUNCTION.cached(key, || FUNCTION.send(body)), fallback)  all policies
//! ```
//!
//! The rest is as for a method of a client: [`Admission`] has the one order of
//! the chain, and a configuration can switch every policy on and off. Calls of
//! functions are not counted or timed. Metrics show only the counts of the
//! policies, which the first call creates.

use std::future::Future;
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::plan::cores::PlanCores;
use super::plan::lazy_cache::LazyCache;
use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
#[cfg(feature = "config")]
use crate::model::policies::InvalidPolicy;
use crate::model::policies::{Policies, SidePolicies};
use crate::model::service_error::ServiceError;
use crate::model::side::Side;
use crate::model::status::Status;
use crate::pipeline::admission::{Admission, AdmittedCall};
use crate::policy::cache::answer;
use crate::policy::timeout::{Elapsed, within};

/// The name of the service whose methods are the plain functions.
pub(crate) const FUNCTIONS: &str = "functions";

/// A plain function with policies.
#[derive(Debug)]
pub struct Function {
    meta: MethodMeta,
    active: OnceLock<ActivePolicies>,
}

/// A function that a configuration can change; collected at link time.
#[cfg(feature = "config")]
#[derive(Debug)]
pub struct RegisteredFunction(pub &'static Function);

#[cfg(feature = "config")]
inventory::collect!(RegisteredFunction);

/// The live policies, created by the first call.
#[derive(Debug)]
struct ActivePolicies {
    admission: Arc<Admission>,
    plan: Arc<PlanCores>,
}

impl Function {
    /// A function with the policies that its attributes declare.
    pub const fn new(name: &'static str, policies: SidePolicies) -> Self {
        let meta = MethodMeta::new(FUNCTIONS, name, name).idempotent();
        Self {
            meta: meta.policies(Policies::NONE.client(policies)),
            active: OnceLock::new(),
        }
    }

    /// Runs a call once, under all policies of the function.
    ///
    /// # Errors
    /// The call fails, or a policy refuses it.
    pub async fn call<T, E: ServiceError>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let function_call = FunctionCall::admit(self, Stage::Call).await;
        let mut function_call = function_call.map_err(E::from_status)?;
        let outcome = function_call.run(call).await;
        function_call.admitted.record(&outcome);
        outcome
    }

    /// Runs a call until its deadline; the code inside applies the policies.
    ///
    /// # Errors
    /// The call fails, or its deadline passes.
    pub async fn plan<T, E: ServiceError>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let function_call = FunctionCall::admit(self, Stage::Plan).await;
        function_call.map_err(E::from_status)?.run(call).await
    }

    /// Runs a call as [`plan`](Self::plan) does, and replaces a failure by the
    /// outcome of `fallback`.
    ///
    /// # Errors
    /// The call fails and so does the fallback, or the deadline had passed before
    /// the call.
    pub async fn plan_or<T, E: ServiceError, Fut>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
        fallback: impl FnOnce(E) -> Fut,
    ) -> Result<T, E>
    where
        Fut: Future<Output = Result<T, E>>,
    {
        let function_call = FunctionCall::admit(self, Stage::Plan).await;
        let function_call = function_call.map_err(E::from_status)?;
        match self.active().plan.fallback.get() {
            Some(policy) => {
                let fallback = |(): &(), error| fallback(error);
                policy.answer(function_call.run(call), fallback).await
            }
            None => function_call.run(call).await,
        }
    }

    /// Returns a cached value, or makes the call.
    ///
    /// # Errors
    /// The call fails.
    pub async fn cached<K, T, E, Fut>(
        &'static self,
        key: K,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, E>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        T: Clone + Send + Sync + 'static,
        E: ServiceError,
        Fut: Future<Output = Result<T, E>>,
    {
        let store = self.active().plan.cache.get().map(LazyCache::store);
        let arrived = Instant::now().into_std();
        answer(store, None, arrived, key, |_| call()).await
    }

    /// Makes a call that may be repeated, inside a plan.
    ///
    /// # Errors
    /// The call fails, or a policy refuses it.
    pub async fn send<T, E: ServiceError, Fut>(
        &'static self,
        call: impl Fn() -> Fut,
    ) -> Result<T, E>
    where
        Fut: Future<Output = Result<T, E>>,
    {
        let attempt = || async {
            let call = pin!(call());
            self.at(Stage::Attempt, call).await
        };
        let plan = &self.active().plan;
        // A hedge duplicates one attempt, so it runs inside the retry.
        let tries = pin!(async {
            match (plan.retry.get(), plan.hedge.get()) {
                (None, None) => attempt().await,
                (Some(retry), None) => retry.run(attempt).await,
                (None, Some(hedge)) => hedge.run(attempt).await,
                (Some(retry), Some(hedge)) => retry.run(|| hedge.run(attempt)).await,
            }
        });
        self.at(Stage::Sending, tries).await
    }

    /// Makes a call once, inside a plan.
    ///
    /// # Errors
    /// The call fails, or a policy refuses it.
    pub async fn send_once<T, E: ServiceError>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let attempt = pin!(self.at(Stage::Attempt, call));
        self.at(Stage::Sending, attempt).await
    }

    async fn at<T, E: ServiceError>(
        &'static self,
        stage: Stage,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let function_call = FunctionCall::admit(self, stage).await;
        let mut function_call = function_call.map_err(E::from_status)?;
        let outcome = call.await;
        function_call.admitted.record(&outcome);
        outcome
    }

    /// The metadata of the function.
    #[cfg(feature = "config")]
    pub(crate) fn meta(&'static self) -> &'static MethodMeta {
        &self.meta
    }

    /// Replaces the values of the policies while calls are in flight, as for a
    /// method of a client.
    ///
    /// # Errors
    /// The values of a policy are invalid. That policy keeps its old values, but
    /// the policies before it already have the new ones, so check first.
    #[cfg(feature = "config")]
    pub(crate) fn configure(&'static self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let active = self.active();
        active.admission.configure(policies)?;
        active.plan.configure(policies)
    }

    /// Restores the values that the attributes declare.
    #[cfg(feature = "config")]
    pub(crate) fn reset(&'static self) {
        if self.active.get().is_some() {
            // These values were valid when the policies were created.
            let _ = self.configure(&self.meta.policies.client);
        }
    }

    fn active(&'static self) -> &'static ActivePolicies {
        self.active.get_or_init(|| {
            let policies = &self.meta.policies.client;
            let admission = Admission::of(Side::Client, &self.meta, policies);
            let plan = PlanCores::of(policies, self.meta.name, Arc::clone(&admission));
            ActivePolicies { admission, plan }
        })
    }
}

/// An admitted call of a function.
struct FunctionCall {
    function: &'static Function,
    /// The context of the enclosing call.
    outer: Context,
    arrived: Instant,
    admitted: AdmittedCall<'static>,
}

impl FunctionCall {
    /// Admits a call to a stage, or refuses it.
    async fn admit(function: &'static Function, stage: Stage) -> Result<Self, Status> {
        let admission = &function.active().admission;
        let (outer, arrived) = (Context::current(), Instant::now());
        let mut admitted = AdmittedCall::new();
        if let Some(waiting) = admission.admit(stage, &outer, arrived, &mut admitted)? {
            admission
                .admit_after(waiting, &outer, &mut admitted)
                .await?;
        }
        Ok(Self {
            function,
            outer,
            arrived,
            admitted,
        })
    }

    /// Runs a call until its deadline, and drops it before returning, so that a
    /// fallback for a call that ended at its deadline finds its permits released.
    ///
    /// The deadline is the timeout of the function or the deadline of the
    /// enclosing call, whichever is earlier. The function sees it in
    /// [`Context::current`], so that the calls it makes end in time too.
    ///
    /// A function without a timeout sets no timer, as the enclosing call enforces
    /// its own deadline.
    async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(own) = &self.admitted.cx else {
            return call.await;
        };
        match within(own.deadline(), own.scope(call)).await {
            Ok(outcome) => outcome,
            Err(Elapsed) => Err(E::from_status(self.deadline_exceeded(own))),
        }
    }

    #[cold]
    fn deadline_exceeded(&self, own: &Context) -> Status {
        let name = self.function.meta.name;
        let name = name.rsplit("::").next().unwrap_or(name);
        let own = own.deadline();
        Status::deadline_exceeded(match own {
            Some(own) if self.outer.deadline() != Some(own) => {
                format!("`{name}` did not end within {:?}", own - self.arrived)
            }
            _ => format!("`{name}` did not end before the deadline of the enclosing call"),
        })
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;
    use crate::model::code::Code;
    use crate::model::policies::breaker::BreakerConfig;

    const LIMIT: Duration = Duration::from_millis(50);

    async fn forever() -> Result<(), Status> {
        static FOREVER: Function = Function::new("a::forever", SidePolicies::NONE.timeout(LIMIT));
        FOREVER.call(pending()).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_fails_at_its_timeout_with_the_limit_in_the_message() {
        let start = Instant::now();
        let error = forever().await.expect_err("the function never completes");
        assert_eq!(start.elapsed(), LIMIT);
        assert_eq!(error.code(), Code::DeadlineExceeded);
        assert_eq!(error.message(), "`forever` did not end within 50ms");
    }

    #[tokio::test(start_paused = true)]
    async fn an_earlier_deadline_of_the_enclosing_call_applies() {
        let start = Instant::now();
        let cx = Context::new().with_timeout(LIMIT / 2);
        let error = cx
            .scope(forever())
            .await
            .expect_err("the function never completes");
        assert_eq!(start.elapsed(), LIMIT / 2);
        let expected = "`forever` did not end before the deadline of the enclosing call";
        assert_eq!(error.message(), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_called_after_the_enclosing_deadline_does_not_run() {
        static LATE: Function = Function::new("a::late", SidePolicies::NONE);
        let cx = Context::new().with_deadline(Instant::now());
        let call = LATE.call(async { Ok::<_, Status>(()) });
        let error = cx.scope(call).await.expect_err("the deadline has passed");
        assert_eq!(error.code(), Code::DeadlineExceeded);
        // The fallback does not run either.
        let fallback = |_| ready(Ok(()));
        let call = LATE.plan_or(async { Ok::<_, Status>(()) }, fallback);
        let error = cx.scope(call).await.expect_err("the deadline has passed");
        assert_eq!(error.code(), Code::DeadlineExceeded);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_ended_by_the_enclosing_deadline_is_a_failure_and_a_dropped_call_is_not() {
        const ONE: SidePolicies = SidePolicies::NONE.breaker(BreakerConfig::consecutive(1));
        static CUT: Function = Function::new("a::cut", ONE);
        let cx = Context::new().with_timeout(LIMIT);
        let hangs = || cx.scope(CUT.call(pending::<Result<(), Status>>()));
        assert!(
            within(Some(Instant::now() + LIMIT / 2), hangs())
                .await
                .is_err()
        );
        assert!(within(Some(Instant::now() + LIMIT), hangs()).await.is_err());
        let refused = CUT.call(ready(Ok::<_, Status>(()))).await;
        assert!(refused.is_err_and(|error| error.refusal().is_some()));
    }
}
