//! Simulated servers and callers on one clock.
//!
//! A server is a number of slots and a FIFO queue: when a request arrives, the
//! time of its completion is known, so that no task has to simulate the server.
//! It completes accepted work even after the caller has left, as the database
//! behind a service does.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use kit::prelude::*;
use kit::{Endpoint, Method, MethodMeta, Outcome};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The one method of every simulated service.
pub(crate) struct Work;

impl Method for Work {
    type Request = ();
    type Response = ();
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Cluster", "work", "Work");
}

/// Runs a simulation in a world of its own: time starts at zero, and the random
/// generator from the same seed.
pub(crate) fn simulate<T>(simulation: impl AsyncFnOnce(World) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    fastrand::seed(2);
    runtime.block_on(async {
        let world = World {
            start: Instant::now(),
        };
        simulation(world).await
    })
}

/// Start of the simulation. Times are milliseconds since then.
#[derive(Clone, Copy)]
pub(crate) struct World {
    start: Instant,
}

impl World {
    pub(crate) fn now(self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    pub(crate) fn at(self, time: u64) -> Instant {
        self.start + Duration::from_millis(time)
    }

    pub(crate) async fn until(self, time: u64) {
        sleep_until(self.at(time)).await;
    }

    /// Makes calls at random times, at the rate of each span, that wait for
    /// `patience` at most; returns when the last call has ended.
    pub(crate) async fn offer<E>(self, spans: &[Span], patience: u64, to: E) -> Calls
    where
        E: Endpoint<Work> + 'static,
    {
        let to = Arc::new(to);
        let calls = Arc::new(Mutex::new(Vec::new()));
        let mut last = 0;
        for (time, span) in each_millisecond(spans) {
            last = time;
            for _ in 0..arrivals(span.rate) {
                self.until(time).await;
                tokio::spawn(self.call(patience, Arc::clone(&to), Arc::clone(&calls)));
            }
        }
        self.until(last + patience + 1).await;
        let mut calls = std::mem::take(&mut *lock(&calls));
        calls.sort_unstable_by_key(|call| call.at);
        Calls(calls)
    }

    async fn call<E: Endpoint<Work>>(
        self,
        patience: u64,
        to: Arc<E>,
        calls: Arc<Mutex<Vec<Call>>>,
    ) {
        let at = self.now();
        let deadline = self.at(at + patience);
        let cx = Context::new().with_deadline(deadline);
        let outcome = timeout_at(deadline, to.call(&cx, ())).await;
        let call = Call {
            at,
            took: self.now() - at,
            succeeded: matches!(outcome, Ok(Ok(()))),
        };
        lock(&calls).push(call);
    }
}

/// A period with a rate of calls per second.
#[derive(Clone)]
pub(crate) struct Span {
    pub(crate) time: Range<u64>,
    pub(crate) rate: u32,
}

fn each_millisecond(spans: &[Span]) -> impl Iterator<Item = (u64, &Span)> {
    let times = |span: &Span| span.time.clone();
    spans
        .iter()
        .flat_map(move |span| times(span).map(move |time| (time, span)))
}

/// The number of calls in one millisecond: a binomial draw, as the logarithm of
/// the platform would make the figures differ between machines.
fn arrivals(rate: u32) -> usize {
    const DRAWS: u32 = 8;
    (0..DRAWS)
        .filter(|_| fastrand::u32(..1000 * DRAWS) < rate)
        .count()
}

struct Call {
    at: u64,
    took: u64,
    succeeded: bool,
}

/// The outcomes of calls by their start time.
pub(crate) struct Calls(Vec<Call>);

impl Calls {
    fn within(&self, time: Range<u64>) -> impl Iterator<Item = &Call> {
        self.0.iter().filter(move |call| time.contains(&call.at))
    }

    pub(crate) fn made(&self, time: Range<u64>) -> usize {
        self.within(time).count()
    }

    /// The number of calls answered in time.
    pub(crate) fn answered(&self, time: Range<u64>) -> usize {
        self.within(time).filter(|call| call.succeeded).count()
    }

    /// The share of calls answered in time, in percent.
    pub(crate) fn answered_share(&self, time: Range<u64>) -> f64 {
        100.0 * self.answered(time.clone()) as f64 / self.made(time) as f64
    }

    /// The given percentile of the durations of calls, however they ended.
    pub(crate) fn percentile(&self, share: f64, time: Range<u64>) -> u64 {
        let mut took: Vec<_> = self.within(time).map(|call| call.took).collect();
        took.sort_unstable();
        let at = (took.len() as f64 * share).ceil() as usize;
        took[at.saturating_sub(1)]
    }
}

/// The configuration of a server.
#[derive(Clone)]
pub(crate) struct Shape {
    /// Number of requests processed at once.
    pub(crate) slots: usize,
    /// Time per request, uniformly distributed.
    pub(crate) service: Range<u64>,
    /// Length of the queue; more requests are refused.
    pub(crate) queue: usize,
    /// The time that a refusal occupies a slot.
    pub(crate) refusal: u64,
    /// Whether a queued request is dropped after its deadline.
    pub(crate) drops_expired: bool,
    pub(crate) trouble: fn(u64) -> Trouble,
}

/// A fault of a server during a period.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Trouble {
    None,
    /// Every request fails after it was processed.
    Failing,
    /// Requests take this many times longer.
    Slow(u64),
    /// Requests are accepted and not processed until then.
    StalledUntil(u64),
}

impl Shape {
    pub(crate) fn new(slots: usize, service: Range<u64>) -> Self {
        Self {
            slots,
            service,
            queue: usize::MAX,
            refusal: 0,
            drops_expired: false,
            trouble: |_| Trouble::None,
        }
    }

    pub(crate) fn start(self, world: World) -> Arc<Server> {
        let free = (0..self.slots).map(|_| Reverse(0)).collect();
        Arc::new(Server {
            shape: self,
            world,
            state: Mutex::new(State {
                free,
                waiting: VecDeque::new(),
                requests: Vec::new(),
            }),
        })
    }
}

pub(crate) struct Server {
    shape: Shape,
    world: World,
    state: Mutex<State>,
}

struct State {
    /// The time at which each slot becomes free.
    free: BinaryHeap<Reverse<u64>>,
    /// The start times of the queued requests, in order.
    waiting: VecDeque<u64>,
    /// The arrival times of all requests.
    requests: Vec<u64>,
}

enum Fate {
    RefusedAt(u64),
    Expired,
    DoneAt(u64),
}

impl State {
    /// Refusals are queued too, up to a limit, beyond which the operating
    /// system drops connections before the server accepts them.
    fn refuse(&mut self, now: u64, begin: u64, takes: u64) -> Fate {
        const LINE: u64 = 200;
        if takes == 0 || begin > now + LINE {
            return Fate::RefusedAt(now);
        }
        let end = begin + takes;
        self.free.pop();
        self.free.push(Reverse(end));
        Fate::RefusedAt(end)
    }
}

impl Server {
    /// The number of requests that arrived in that period.
    pub(crate) fn requests(&self, time: Range<u64>) -> usize {
        let state = lock(&self.state);
        let within = state.requests.iter().filter(|at| time.contains(at));
        within.count()
    }

    /// The share of its slots that are busy.
    pub(crate) fn busy(&self) -> f64 {
        let now = self.world.now();
        let state = lock(&self.state);
        let working = state.free.iter().filter(|free| free.0 > now);
        working.count() as f64 / self.shape.slots as f64
    }

    fn take(&self, now: u64, deadline: Option<u64>) -> Fate {
        let mut state = lock(&self.state);
        state.requests.push(now);
        while state.waiting.front().is_some_and(|begun| *begun <= now) {
            state.waiting.pop_front();
        }
        let mut begin = state.free.peek().map_or(now, |free| free.0.max(now));
        if let Trouble::StalledUntil(end) = (self.shape.trouble)(begin) {
            begin = end;
        }
        if begin > now && state.waiting.len() >= self.shape.queue {
            return state.refuse(now, begin, self.shape.refusal);
        }
        if self.shape.drops_expired && deadline.is_some_and(|deadline| begin >= deadline) {
            return Fate::Expired;
        }
        if begin > now {
            state.waiting.push_back(begin);
        }
        let end = begin + self.service(begin);
        state.free.pop();
        state.free.push(Reverse(end));
        Fate::DoneAt(end)
    }

    fn service(&self, begin: u64) -> u64 {
        let service = fastrand::u64(self.shape.service.clone());
        match (self.shape.trouble)(begin) {
            Trouble::Slow(times) => service * times,
            _ => service,
        }
    }
}

impl Endpoint<Work> for Server {
    async fn call(&self, cx: &Context, (): ()) -> Outcome<Work> {
        let now = self.world.now();
        let deadline = cx.deadline().map(|at| self.world.time_of(at));
        match self.take(now, deadline) {
            Fate::RefusedAt(end) => {
                self.world.until(end).await;
                return Err(Status::unavailable("the queue is full"));
            }
            Fate::Expired => std::future::pending().await,
            Fate::DoneAt(end) => self.world.until(end).await,
        }
        match (self.shape.trouble)(now) {
            Trouble::Failing => Err(Status::unavailable("out of order")),
            _ => Ok(()),
        }
    }
}

impl World {
    fn time_of(self, at: Instant) -> u64 {
        at.saturating_duration_since(self.start).as_millis() as u64
    }
}

/// An endpoint in a process of its own: it continues a call whose caller has
/// left, until the deadline that was sent with the call.
pub(crate) struct Apart<E>(pub(crate) Arc<E>);

impl<E: Endpoint<Work> + 'static> Endpoint<Work> for Apart<E> {
    async fn call(&self, cx: &Context, (): ()) -> Outcome<Work> {
        let (cx, inside) = (cx.clone(), Arc::clone(&self.0));
        let call = tokio::spawn(async move { inside.call(&cx, ()).await });
        call.await.expect("no endpoint panics")
    }
}

/// An endpoint that cancels calls at their deadline.
pub(crate) struct Cut<E>(pub(crate) E);

impl<E: Endpoint<Work>> Endpoint<Work> for Cut<E> {
    async fn call(&self, cx: &Context, (): ()) -> Outcome<Work> {
        let Some(deadline) = cx.deadline() else {
            return self.0.call(cx, ()).await;
        };
        timeout_at(deadline, self.0.call(cx, ()))
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("too late")))
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .expect("nothing panics while it holds the lock")
}
