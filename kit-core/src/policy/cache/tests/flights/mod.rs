//! Property tests of whole calls against a model: calls that begin, join,
//! complete, fail and are cancelled in any order, with removals, changes of the
//! configuration and jumps of the clock between.

mod model;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use self::model::{Model, Outcome, Seen};
use super::*;
use crate::policy::support::ManualClock;

/// A call of the cache, and the result of its own fetch, if it has one.
struct Running<'a> {
    future: Pin<Box<dyn Future<Output = Result<u32, Status>> + 'a>>,
    result: Rc<RefCell<Option<Result<u32, Status>>>>,
    fetches: Rc<Cell<bool>>,
}

impl<'a> Running<'a> {
    fn new(cache: &'a Cache<u8, u32>, key: u8) -> Self {
        let result = Rc::new(RefCell::new(None));
        let fetches = Rc::new(Cell::new(false));
        let (given, started) = (Rc::clone(&result), Rc::clone(&fetches));
        let call = move || {
            started.set(true);
            poll_fn(move |_| match given.borrow_mut().take() {
                Some(outcome) => Poll::Ready(outcome),
                None => Poll::Pending,
            })
        };
        Self {
            future: Box::pin(cache.run(key, call)),
            result,
            fetches,
        }
    }

    fn poll(&mut self) -> Seen {
        let mut task = TaskContext::from_waker(Waker::noop());
        match self.future.as_mut().poll(&mut task) {
            Poll::Ready(outcome) => Seen::Completes(outcome.map_err(|status| status.code())),
            Poll::Pending if self.fetches.get() => Seen::Fetches,
            Poll::Pending => Seen::Waits,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin(u8),
    Respond(usize, u32),
    Fail(usize, Code),
    Poll(usize),
    Cancel(usize),
    Insert(u8, u32),
    Get(u8, u64),
    Remove(u8),
    Clear,
    Configure(u64, Option<u64>, bool),
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0_u8..4;
    let any_call = any::<usize>;
    let code = prop::sample::select(vec![
        Code::Unavailable,
        Code::ResourceExhausted,
        Code::Internal,
        Code::NotFound,
        Code::DeadlineExceeded,
        Code::Cancelled,
    ]);
    prop_oneof![
        30 => key().prop_map(Step::Begin),
        12 => (any_call(), any::<u32>()).prop_map(|(call, value)| Step::Respond(call, value)),
        6 => (any_call(), code).prop_map(|(call, code)| Step::Fail(call, code)),
        20 => any_call().prop_map(Step::Poll),
        6 => any_call().prop_map(Step::Cancel),
        1 => (key(), any::<u32>()).prop_map(|(key, value)| Step::Insert(key, value)),
        4 => (key(), 0_u64..3000).prop_map(|(key, back)| Step::Get(key, back)),
        4 => key().prop_map(Step::Remove),
        1 => Just(Step::Clear),
        2 => (1_u64..5000, prop::option::of(1_u64..5000), prop::bool::weighted(0.8))
            .prop_map(|(ttl, stale, coalesce)| Step::Configure(ttl, stale, coalesce)),
        10 => (0_u64..1000).prop_map(Step::Advance),
        3 => (0_u64..20_000).prop_map(Step::Advance),
        1 => Just(Step::Advance(1000 * 60 * 60 * 24 * 7)),
    ]
}

const MILLISECOND: u64 = 1_000_000;

/// A cache and its model.
struct Both<'a> {
    clock: &'a ManualClock,
    cache: &'a Cache<u8, u32>,
    running: BTreeMap<usize, Running<'a>>,
    model: Model,
}

impl Both<'_> {
    /// Polls a call, and compares with what the model expects.
    fn expect(&mut self, call: usize, seen: Seen) -> Result<(), TestCaseError> {
        let running = self.running.get_mut(&call).expect("a call that runs");
        prop_assert_eq!(running.poll(), seen.clone(), "call {}", call);
        if let Seen::Completes(_) = seen {
            self.running.remove(&call);
        }
        Ok(())
    }

    fn respond(&mut self, which: usize, outcome: Outcome, seed: u64) -> Result<(), TestCaseError> {
        let fetching = self.model.fetching();
        let Some(&call) = fetching.get(which % fetching.len().max(1)) else {
            return Ok(());
        };
        let result = outcome.map_err(|code| Status::new(code, "scripted"));
        *self.running[&call].result.borrow_mut() = Some(result);
        fastrand::seed(seed);
        let seen = self.model.complete(call, outcome);
        fastrand::seed(seed);
        self.expect(call, seen)
    }

    fn any_call(&self, which: usize) -> Option<usize> {
        let calls = self.running.len();
        self.running.keys().nth(which % calls.max(1)).copied()
    }

    fn take(&mut self, number: usize, step: Step) -> Result<(), TestCaseError> {
        let seed = number as u64;
        match step {
            Step::Begin(key) => {
                self.running.insert(number, Running::new(self.cache, key));
                let seen = self.model.begin(number, key);
                self.expect(number, seen)?;
            }
            Step::Respond(which, value) => self.respond(which, Ok(value), seed)?,
            Step::Fail(which, code) => self.respond(which, Err(code), seed)?,
            Step::Poll(which) => {
                if let Some(call) = self.any_call(which) {
                    let seen = self.model.poll(call);
                    self.expect(call, seen)?;
                }
            }
            Step::Cancel(which) => {
                if let Some(call) = self.any_call(which) {
                    self.model.cancel(call);
                    self.running.remove(&call);
                }
            }
            Step::Insert(key, value) => {
                fastrand::seed(seed);
                self.cache.insert(key, value, self.clock.now());
                fastrand::seed(seed);
                self.model.insert(key, value);
            }
            Step::Get(key, back) => {
                let then = self.model.now.saturating_sub(back * MILLISECOND);
                let at = self.cache.store.start.at() + Duration::from_nanos(then);
                prop_assert_eq!(self.cache.get(&key, at), self.model.get(key, then));
            }
            Step::Remove(key) => {
                self.cache.remove(&key);
                self.model.remove(key);
            }
            Step::Clear => {
                self.cache.clear();
                self.model.clear();
            }
            Step::Configure(ttl, stale, coalesce) => self.configure(ttl, stale, coalesce)?,
            Step::Advance(milliseconds) => {
                self.clock.advance(Duration::from_millis(milliseconds));
                self.model.now += milliseconds * MILLISECOND;
            }
        }
        let snapshot = self.cache.snapshot();
        prop_assert_eq!(snapshot.entries, self.model.entries.len());
        prop_assert_eq!(snapshot.joined, self.model.joined);
        prop_assert_eq!(self.cache.store.flights.len(), self.model.flights.len());
        Ok(())
    }

    fn configure(
        &mut self,
        ttl: u64,
        stale: Option<u64>,
        coalesce: bool,
    ) -> Result<(), TestCaseError> {
        let mut config = CacheConfig::new(Duration::from_millis(ttl)).coalesce(coalesce);
        if let Some(stale) = stale {
            config = config.stale(Duration::from_millis(stale));
        }
        prop_assert_eq!(self.cache.configure(config), Ok(()));
        self.model.ttl = ttl * MILLISECOND;
        self.model.stale = stale.unwrap_or(0) * MILLISECOND;
        self.model.coalesce = coalesce;
        Ok(())
    }
}

/// Runs the same steps on the cache and the model, and compares what callers
/// see.
fn agree_at_each(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let clock = ManualClock::new();
    let cache = Cache::with_clock(CacheConfig::new(SECOND), clock.clock());
    let mut both = Both {
        clock: &clock,
        cache: &cache,
        running: BTreeMap::new(),
        model: Model::default(),
    };
    both.configure(1000, Some(1000), true)?;
    for (number, step) in steps.into_iter().enumerate() {
        both.take(number, step)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn callers_see_what_the_model_expects(steps in prop::collection::vec(step(), 400)) {
        agree_at_each(steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn callers_see_what_the_model_expects_for_ten_thousand_steps(
        steps in prop::collection::vec(step(), 10_000),
    ) {
        agree_at_each(steps)?;
    }
}
