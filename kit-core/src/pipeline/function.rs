//! The policies of a plain function, at work.
//!
//! `#[kit::breaker(..)]` on an `async fn` puts one of these in a static inside
//! of it, and runs its body through that. A function has no request that could
//! be cloned or hashed, so its code does what a plan does for a method:
//!
//! ```text
//! FUNCTION.call(body)                                                     none that need the call again
//! FUNCTION.plan_or(FUNCTION.cached(key, || FUNCTION.send(body)), instead)   all of them
//! ```
//!
//! All else is a client's: the gate has the one order of the chain, so a
//! function can't have another, and every policy can be switched on and off.
//! No call is counted or timed as a method's is: the metrics have what its
//! policies came to, from the first call on, which makes them.

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
use crate::pipeline::admission::{Admission, Entered};
use crate::policy::cache::answer;
use crate::policy::timeout::{Elapsed, within};

/// What the service of all plain functions is called.
pub(crate) const FUNCTIONS: &str = "functions";

/// The policies of a plain function: one of these for each.
#[derive(Debug)]
pub struct Function {
    meta: MethodMeta,
    running: OnceLock<Running>,
}

/// A function that a configuration may change, as the program is linked with it.
#[cfg(feature = "config")]
#[derive(Debug)]
pub struct RegisteredFunction(pub &'static Function);

#[cfg(feature = "config")]
inventory::collect!(RegisteredFunction);

/// What the first call makes.
#[derive(Debug)]
struct Running {
    admission: Arc<Admission>,
    plan: Arc<PlanCores>,
}

impl Function {
    /// A function by its name, with what its attributes declare.
    pub const fn new(name: &'static str, policies: SidePolicies) -> Self {
        let meta = MethodMeta::new(FUNCTIONS, name, name).idempotent();
        Self {
            meta: meta.policies(Policies::NONE.client(policies)),
            running: OnceLock::new(),
        }
    }

    /// Runs a call that is made once, through all policies.
    ///
    /// # Errors
    /// Those of the call, and the refusals.
    pub async fn call<T, E: ServiceError>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let guarded = Guarded::enter(self, Stage::Call).await;
        let mut guarded = guarded.map_err(E::from_status)?;
        let outcome = guarded.in_time(call).await;
        guarded.entered.record(&outcome);
        outcome
    }

    /// Runs a call until its deadline: what is inside asks the policies.
    ///
    /// # Errors
    /// Those of the call, and that the deadline has passed.
    pub async fn plan<T, E: ServiceError>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let guarded = Guarded::enter(self, Stage::Plan).await;
        guarded.map_err(E::from_status)?.in_time(call).await
    }

    /// The same with an answer in place of a failure.
    ///
    /// # Errors
    /// Those of the call and of the answer, and that the deadline had passed
    /// before.
    pub async fn plan_or<T, E: ServiceError, Fut>(
        &'static self,
        call: impl Future<Output = Result<T, E>>,
        instead: impl FnOnce(E) -> Fut,
    ) -> Result<T, E>
    where
        Fut: Future<Output = Result<T, E>>,
    {
        let guarded = Guarded::enter(self, Stage::Plan).await;
        let guarded = guarded.map_err(E::from_status)?;
        match self.running().plan.fallback.get() {
            Some(fallback) => {
                let instead = |(): &(), error| instead(error);
                fallback.answer(guarded.in_time(call), instead).await
            }
            None => guarded.in_time(call).await,
        }
    }

    /// Answers from memory, or by the call.
    ///
    /// # Errors
    /// Those of the call.
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
        let store = self.running().plan.cache.get().map(LazyCache::store);
        let came = Instant::now().into_std();
        answer(store, None, came, key, |_| call()).await
    }

    /// Sends a call that may be made again, inside of a plan.
    ///
    /// # Errors
    /// Those of the call, and the refusals.
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
        let plan = &self.running().plan;
        // A hedge stands beside one attempt, and so inside the retry.
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

    /// Sends a call that is made once, inside of a plan.
    ///
    /// # Errors
    /// Those of the call, and the refusals.
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
        let guarded = Guarded::enter(self, stage).await;
        let mut guarded = guarded.map_err(E::from_status)?;
        let outcome = call.await;
        guarded.entered.record(&outcome);
        outcome
    }

    /// What is known of it.
    #[cfg(feature = "config")]
    pub(crate) fn meta(&'static self) -> &'static MethodMeta {
        &self.meta
    }

    /// Takes other values while calls go on, as a client's method does.
    ///
    /// # Errors
    /// A policy can't work with its values. It has those that it had; those
    /// before it have the new ones, so check first.
    #[cfg(feature = "config")]
    pub(crate) fn configure(&'static self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let running = self.running();
        running.admission.configure(policies)?;
        running.plan.configure(policies)
    }

    /// Takes the values back that its attributes declare.
    #[cfg(feature = "config")]
    pub(crate) fn reset(&'static self) {
        if self.running.get().is_some() {
            // It was made of them.
            let _ = self.configure(&self.meta.policies.client);
        }
    }

    fn running(&'static self) -> &'static Running {
        self.running.get_or_init(|| {
            let policies = &self.meta.policies.client;
            let admission = Admission::of(Side::Client, &self.meta, policies);
            let plan = PlanCores::of(policies, self.meta.name, Arc::clone(&admission));
            Running { admission, plan }
        })
    }
}

/// A call that was let in.
struct Guarded {
    function: &'static Function,
    /// The context around the call.
    around: Context,
    came: Instant,
    entered: Entered<'static>,
}

impl Guarded {
    /// Lets a call into a stage, or refuses it.
    async fn enter(function: &'static Function, stage: Stage) -> Result<Self, Status> {
        let admission = &function.running().admission;
        let (around, came) = (Context::current(), Instant::now());
        let mut entered = Entered::not_yet();
        if let Some(waiting) = admission.enter(stage, &around, came, &mut entered)? {
            admission
                .enter_after(waiting, &around, &mut entered)
                .await?;
        }
        Ok(Self {
            function,
            around,
            came,
            entered,
        })
    }

    /// Runs a call, and drops it before it answers: what answers for a call
    /// that was given up finds its places free.
    ///
    /// Ends it at the function's timeout, or at the deadline of the call
    /// around it if that is sooner. The function sees the deadline as that of
    /// [`Context::current`], so that what it calls ends in time too.
    ///
    /// Where it has no timeout, whoever set the deadline around it holds it.
    async fn in_time<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(own) = &self.entered.cx else {
            return call.await;
        };
        match within(own.deadline(), own.scope(call)).await {
            Ok(outcome) => outcome,
            Err(Elapsed) => Err(E::from_status(self.late(own))),
        }
    }

    #[cold]
    fn late(&self, own: &Context) -> Status {
        let name = self.function.meta.name;
        let name = name.rsplit("::").next().unwrap_or(name);
        let own = own.deadline();
        Status::deadline_exceeded(match own {
            Some(own) if self.around.deadline() != Some(own) => {
                format!("`{name}` did not end within {:?}", own - self.came)
            }
            _ => format!("`{name}` did not end before the deadline of the call around it"),
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
    async fn a_function_ends_at_its_limit_and_says_so() {
        let start = Instant::now();
        let error = forever().await.expect_err("a function that never ends");
        assert_eq!(start.elapsed(), LIMIT);
        assert_eq!(error.code(), Code::DeadlineExceeded);
        assert_eq!(error.message(), "`forever` did not end within 50ms");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sooner_deadline_of_the_call_around_a_function_holds() {
        let start = Instant::now();
        let cx = Context::new().with_timeout(LIMIT / 2);
        let error = cx.scope(forever()).await.expect_err("no end");
        assert_eq!(start.elapsed(), LIMIT / 2);
        let expected = "`forever` did not end before the deadline of the call around it";
        assert_eq!(error.message(), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_that_comes_after_the_deadline_around_it_does_not_begin() {
        static LATE: Function = Function::new("a::late", SidePolicies::NONE);
        let cx = Context::new().with_deadline(Instant::now());
        let call = LATE.call(async { Ok::<_, Status>(()) });
        let error = cx.scope(call).await.expect_err("it is late");
        assert_eq!(error.code(), Code::DeadlineExceeded);
        // Nor does anything answer in its place.
        let instead = |_| ready(Ok(()));
        let call = LATE.plan_or(async { Ok::<_, Status>(()) }, instead);
        let error = cx.scope(call).await.expect_err("it is late");
        assert_eq!(error.code(), Code::DeadlineExceeded);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_the_deadline_around_it_cut_is_a_failure_and_one_given_up_is_none() {
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
