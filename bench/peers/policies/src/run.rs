//! Runs a call over and over, on as many threads as are asked for.
//!
//! A future is polled in place, until it is ready: no executor stands between,
//! whose own costs would be everybody's. A runtime is entered all the same,
//! for those who arm a timer.

use std::hint::black_box;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use std::{process, thread};

use bench_common::Length;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};

use crate::allocations;

#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) threads: usize,
    pub(crate) length: Length,
}

/// Of all threads together. The time is what each ran on a CPU, which a
/// neighbour can make longer but not take away.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) calls: u64,
    pub(crate) cpu: Duration,
    pub(crate) allocations: u64,
}

impl Run {
    /// Measures a function, one made for each thread; it tells whether the
    /// call went as it should.
    pub(crate) fn calls<Call>(self, mut make: impl FnMut() -> Call) -> Measured
    where
        Call: FnMut() -> bool + Send,
    {
        let start = Barrier::new(self.threads);
        let runtime = timers();
        let _entered = runtime.enter();
        let calls: Vec<Call> = (0..self.threads).map(|_| make()).collect();
        thread::scope(|scope| {
            let start = &start;
            let threads: Vec<_> = calls
                .into_iter()
                .map(|call| scope.spawn(move || self.on_this_thread(call, start)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("every call goes as it should"))
                .fold(Measured::default(), Measured::and)
        })
    }

    /// The same for a function that is `async`.
    pub(crate) fn futures<Call>(self, mut make: impl FnMut() -> Call) -> Measured
    where
        Call: AsyncFnMut() -> bool + Send,
    {
        self.calls(|| {
            let mut call = make();
            move || finish(call())
        })
    }

    fn on_this_thread(self, mut call: impl FnMut() -> bool, start: &Barrier) -> Measured {
        let runtime = timers();
        let _entered = runtime.enter();
        if let Length::Time(time) = self.length {
            drive(&mut call, Length::Time(time / 4));
        }
        start.wait();
        let (cpu, allocations) = (cpu_time(), allocations::of_this_thread());
        let calls = drive(&mut call, self.length);
        Measured {
            calls,
            cpu: cpu_time() - cpu,
            allocations: allocations::of_this_thread() - allocations,
        }
    }
}

fn timers() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("tokio starts")
}

impl Measured {
    fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            cpu: self.cpu + other.cpu,
            allocations: self.allocations + other.allocations,
        }
    }
}

fn drive(call: &mut impl FnMut() -> bool, length: Length) -> u64 {
    // Between looks at the clock, which costs as much as what is measured.
    const AT_ONCE: u64 = 1_000;
    match length {
        Length::Calls(calls) => {
            for _ in 0..calls {
                if !black_box(call()) {
                    fail("a call doesn't end as it should");
                }
            }
            calls
        }
        Length::Time(time) => {
            let end = Instant::now() + time;
            let mut calls = 0;
            while Instant::now() < end {
                calls += drive(call, Length::Calls(AT_ONCE));
            }
            calls
        }
    }
}

fn finish<T>(future: impl Future<Output = T>) -> T {
    // What waits for another thread gets it to run, and not for ever.
    const AT_ONCE: u32 = 16;
    const AT_MOST: u32 = 100_000;
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    for polls in 0..AT_MOST {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
        if polls >= AT_ONCE {
            thread::yield_now();
        }
    }
    fail("a call isn't ready, however often it is polled")
}

/// Ends the process: another thread may wait for this one.
#[cold]
fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(3)
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The time of calls that come at regular intervals, for what asks no clock.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    now: Instant,
    interval: Duration,
}

impl Ticks {
    /// A microsecond apart.
    pub(crate) fn new() -> Self {
        Self::every(Duration::from_micros(1))
    }

    /// So far apart. Each thread has its own time, which runs ahead of a
    /// slower one's: by less than a burst, where both have one limit.
    pub(crate) fn every(interval: Duration) -> Self {
        Self {
            now: Instant::now(),
            interval,
        }
    }

    #[inline]
    pub(crate) fn next(&mut self) -> Instant {
        self.now += self.interval;
        self.now
    }
}
