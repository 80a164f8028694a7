//! Servers, callers and the clock between them.
//!
//! A server is its slots and a queue, first come first served: when a request
//! arrives, it is known when it will be done, so that no task has to play the
//! server. It works on what it has taken even if nobody waits for it any more,
//! as the database behind a service does.

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

/// Runs a simulation in a world of its own: time starts at zero, and chance
/// from the same seed.
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

/// When it all began. Times are milliseconds since then.
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

    /// Callers who come at random, so many a second in each span, and wait
    /// for `patience` at most; returns when the last of them is gone.
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

/// A time in which so many callers come, each second.
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

/// How many callers come in one millisecond: a binomial draw, as a machine's
/// own logarithm would make the figures differ from one to the next.
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

/// How the calls went, by when they were made.
pub(crate) struct Calls(Vec<Call>);

impl Calls {
    fn within(&self, time: Range<u64>) -> impl Iterator<Item = &Call> {
        self.0.iter().filter(move |call| time.contains(&call.at))
    }

    pub(crate) fn made(&self, time: Range<u64>) -> usize {
        self.within(time).count()
    }

    /// How many were answered in time.
    pub(crate) fn answered(&self, time: Range<u64>) -> usize {
        self.within(time).filter(|call| call.succeeded).count()
    }

    /// The share that was answered in time, in percent.
    pub(crate) fn answered_share(&self, time: Range<u64>) -> f64 {
        100.0 * self.answered(time.clone()) as f64 / self.made(time) as f64
    }

    /// How long this share of the calls took at most, however they ended.
    pub(crate) fn percentile(&self, share: f64, time: Range<u64>) -> u64 {
        let mut took: Vec<_> = self.within(time).map(|call| call.took).collect();
        took.sort_unstable();
        let at = (took.len() as f64 * share).ceil() as usize;
        took[at.saturating_sub(1)]
    }
}

/// What a server is.
#[derive(Clone)]
pub(crate) struct Shape {
    /// How many requests it works on at once.
    pub(crate) slots: usize,
    /// How long it works on one: all lengths in the range are as likely.
    pub(crate) service: Range<u64>,
    /// How many requests may wait; more are refused.
    pub(crate) queue: usize,
    /// How long a refusal keeps a slot from working.
    pub(crate) refusal: u64,
    /// Whether it lets go of a request whose deadline passed while it waited.
    pub(crate) drops_expired: bool,
    pub(crate) trouble: fn(u64) -> Trouble,
}

/// What may be the matter with a server at a time.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Trouble {
    None,
    /// It fails every request, once it has worked on it.
    Failing,
    /// It works so many times more slowly.
    Slow(u64),
    /// It takes requests, and works on none until then.
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
    /// When each slot is free.
    free: BinaryHeap<Reverse<u64>>,
    /// When each request that waits is begun, in that order.
    waiting: VecDeque<u64>,
    /// When each request came, whatever became of it.
    requests: Vec<u64>,
}

enum Fate {
    RefusedAt(u64),
    Expired,
    DoneAt(u64),
}

impl State {
    /// Refusals stand in line too, up to a point: beyond, the machine drops
    /// what comes before the server sees it.
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
    /// How many requests came in that time.
    pub(crate) fn requests(&self, time: Range<u64>) -> usize {
        let state = lock(&self.state);
        let within = state.requests.iter().filter(|at| time.contains(at));
        within.count()
    }

    /// The share of its slots that work.
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

/// A process of its own: it goes on with a call whose caller has gone, until
/// the deadline that came with the call.
pub(crate) struct Apart<E>(pub(crate) Arc<E>);

impl<E: Endpoint<Work> + 'static> Endpoint<Work> for Apart<E> {
    async fn call(&self, cx: &Context, (): ()) -> Outcome<Work> {
        let (cx, inside) = (cx.clone(), Arc::clone(&self.0));
        let call = tokio::spawn(async move { inside.call(&cx, ()).await });
        call.await.expect("no endpoint panics")
    }
}

/// What cuts a call at its deadline.
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
