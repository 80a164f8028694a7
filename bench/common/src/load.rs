//! The client loop: as many tasks as calls in flight, each calling again as
//! soon as it was answered, and the process's own CPU time around it all.
//!
//! A peer brings one closure. The runtime is the same for all (current-thread,
//! so that the figure holds no wake-ups of other threads), and so is the check
//! of each answer.

use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinSet;

use crate::Flavor;

pub struct Load {
    pub addr: SocketAddr,
    pub in_flight: usize,
    pub length: Length,
}

#[derive(Clone, Copy)]
pub enum Length {
    /// Measures after a warm-up of a quarter of the time.
    Time(Duration),
    /// Exactly so many calls and no warm-up, for counting instructions.
    Calls(u64),
}

impl Length {
    /// `2s`, or a number of calls.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('s') {
            Some(seconds) => Some(Self::Time(
                Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?,
            )),
            None => text.parse().ok().map(Self::Calls),
        }
    }
}

impl Load {
    /// Connects, calls `sum(a, b)` over and over, and prints what the driver
    /// reads: `calls=… wall_ns=… cpu_ns=…`.
    pub fn run<C, Call, Answer>(self, connect: impl FnOnce(SocketAddr) -> C)
    where
        C: Future<Output = Call>,
        Call: Fn(i64, i64) -> Answer + Clone + Send + 'static,
        Answer: Future<Output = i64> + Send + 'static,
    {
        Flavor::Current.runtime().block_on(async {
            let call = connect(self.addr).await;
            if let Length::Time(time) = self.length {
                self.drive(&call, Length::Time(time / 4)).await;
            }
            let (wall, cpu) = (Instant::now(), cpu_time());
            let calls = self.drive(&call, self.length).await;
            let (wall, cpu) = (wall.elapsed(), cpu_time() - cpu);
            println!(
                "calls={calls} wall_ns={} cpu_ns={}",
                wall.as_nanos(),
                cpu.as_nanos()
            );
        });
    }

    async fn drive<Call, Answer>(&self, call: &Call, length: Length) -> u64
    where
        Call: Fn(i64, i64) -> Answer + Clone + Send + 'static,
        Answer: Future<Output = i64> + Send + 'static,
    {
        let start = Instant::now();
        let (calls, until) = match length {
            Length::Time(time) => (u64::MAX, start + time),
            Length::Calls(calls) => (
                calls / self.in_flight as u64,
                start + Duration::from_secs(600),
            ),
        };
        let mut tasks = JoinSet::new();
        for _ in 0..self.in_flight {
            let call = call.clone();
            tasks.spawn(async move {
                let mut done = 0;
                while done < calls && Instant::now() < until {
                    let a = done as i64;
                    assert_eq!(call(a, 2).await, a + 2);
                    done += 1;
                }
                done
            });
        }
        tasks.join_all().await.into_iter().sum()
    }
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
