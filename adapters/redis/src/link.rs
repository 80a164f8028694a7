//! The connection to Redis, and whether there is one.
//!
//! ```text
//!          first call           connected
//! [idle] ────────────▶ [trying] ─────────▶ [up] ◀────────┐
//!    ▲                     │ failed, or    │ error, or   │ a ping is
//!    │                     │ a call waited │ no answer   │ answered
//!    │ the runtime ended   ▼ too long      ▼             │
//!    └──────────────────[away: a ping each 100 ms]───────┘
//! ```
//!
//! Calls never repair anything: one task per link does, while the link is not
//! up. It pings by the script itself, on a key of its own, because a server may
//! answer a `PING` and refuse to write (a replica, a full memory), and a link
//! that comes back for such a server goes away again with the next call.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, RedisResult};
use kit_core::policy::rate_limit::BucketLimit;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::script::{self, Asked};

/// How often a server that is away is asked for.
const PING_EVERY: Duration = Duration::from_millis(100);

/// How long one try to connect and ping may take: calls don't wait for it.
const TRY_MAX: Duration = Duration::from_secs(1);

pub(super) struct Link {
    client: Client,
    /// Without its password, for events.
    address: String,
    /// A key that pings write.
    ping: Vec<u8>,
    state: watch::Sender<State>,
    /// What looks for a server that is away.
    task: Mutex<Option<AbortHandle>>,
}

enum State {
    /// Nobody has called so far.
    Idle,
    /// The first try is under way.
    Trying,
    Up(Line),
    Away,
}

/// A connection that worked.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) connection: MultiplexedConnection,
    /// Which connection it is: bad news of one says nothing of the next.
    number: u64,
}

impl Link {
    pub(super) fn new(client: Client, ping: Vec<u8>) -> Arc<Self> {
        let address = client.get_connection_info().addr().to_string();
        Arc::new(Self {
            client,
            address,
            ping,
            state: watch::Sender::new(State::Idle),
            task: Mutex::new(None),
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn is_away(&self) -> bool {
        matches!(*self.state.borrow(), State::Away)
    }

    /// The connection; `None` where the server is away. It takes its time
    /// where the first try is under way.
    pub(super) async fn line(self: &Arc<Self>) -> Option<Line> {
        match &*self.state.borrow() {
            State::Up(line) => return Some(line.clone()),
            State::Away => return None,
            State::Idle | State::Trying => {}
        }
        self.begin();
        let mut state = self.state.subscribe();
        let settled = state
            .wait_for(|state| matches!(state, State::Up(_) | State::Away))
            .await;
        match &*settled.ok()? {
            State::Up(line) => Some(line.clone()),
            _ => None,
        }
    }

    /// A call has waited for the first try as long as it could.
    pub(super) fn is_slow(self: &Arc<Self>, waited: Duration) {
        let away = self.state.send_if_modified(|state| match state {
            State::Trying => {
                *state = State::Away;
                true
            }
            _ => false,
        });
        if away {
            self.tell_away(&format_args!("no connection within {waited:?}"));
        }
    }

    /// A call on this line failed.
    pub(super) fn failed(self: &Arc<Self>, line: &Line, problem: &dyn fmt::Display) {
        let away = self.state.send_if_modified(|state| match state {
            State::Up(up) if up.number == line.number => {
                *state = State::Away;
                true
            }
            _ => false,
        });
        if away {
            self.tell_away(problem);
            self.look();
        }
    }

    fn begin(self: &Arc<Self>) {
        let begun = self.state.send_if_modified(|state| match state {
            State::Idle => {
                *state = State::Trying;
                true
            }
            _ => false,
        });
        if begun {
            self.look();
        }
    }

    /// Looks for the server until it is there, or nobody needs it any more.
    fn look(self: &Arc<Self>) {
        let looking = Looking {
            link: Arc::downgrade(self),
            client: self.client.clone(),
            ping: self.ping.clone(),
            found: false,
        };
        let task = tokio::spawn(looking.run()).abort_handle();
        let mut place = self
            .task
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *place = Some(task);
    }

    fn is_up(&self, connection: MultiplexedConnection) {
        static LINES: AtomicU64 = AtomicU64::new(0);
        let line = Line {
            connection,
            number: LINES.fetch_add(1, Ordering::Relaxed),
        };
        let first = matches!(
            self.state.send_replace(State::Up(line)),
            State::Idle | State::Trying
        );
        if !first {
            tracing::info!(
                target: "kit::policy",
                policy = "rate_limit",
                store = "redis",
                address = self.address,
                from = "away",
                to = "up",
                "the store is back, and counts for all"
            );
        }
    }

    fn is_not_there(&self, problem: &dyn fmt::Display) {
        let before = self.state.send_replace(State::Away);
        if !matches!(before, State::Away) {
            self.tell_away(problem);
        }
    }

    #[cold]
    fn tell_away(&self, problem: &dyn fmt::Display) {
        tracing::warn!(
            target: "kit::policy",
            policy = "rate_limit",
            store = "redis",
            address = self.address,
            from = "up",
            to = "away",
            %problem,
            "the store is away, and this process judges by itself"
        );
    }
}

#[cfg(test)]
impl Link {
    /// Waits until the server is there.
    pub(super) async fn until_up(&self) {
        let mut state = self.state.subscribe();
        let up = state.wait_for(|state| matches!(state, State::Up(_))).await;
        drop(up);
    }

    /// The task that looks for the server.
    pub(super) fn looking(&self) -> Option<AbortHandle> {
        self.task.lock().ok()?.clone()
    }

    pub(super) fn is_gone(link: &Weak<Self>) -> bool {
        link.strong_count() == 0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &*self.state.borrow() {
            State::Idle => "idle",
            State::Trying => "trying",
            State::Up(_) => "up",
            State::Away => "away",
        };
        f.debug_struct("Link")
            .field("address", &self.address)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let task = self
            .task
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(task) = task.take() {
            task.abort();
        }
    }
}

/// The task that looks for a server. It does not keep its link.
struct Looking {
    link: Weak<Link>,
    client: Client,
    ping: Vec<u8>,
    found: bool,
}

impl Looking {
    async fn run(mut self) {
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pings.tick().await;
            let tried = timeout(TRY_MAX, connect(&self.client, &self.ping)).await;
            let Some(link) = self.link.upgrade() else {
                return;
            };
            match tried {
                Ok(Ok(connection)) => {
                    self.found = true;
                    return link.is_up(connection);
                }
                Ok(Err(problem)) => link.is_not_there(&problem),
                Err(_) => link.is_not_there(&format_args!("no connection within {TRY_MAX:?}")),
            }
        }
    }
}

impl Drop for Looking {
    /// A task that ends before it has found the server was ended with its
    /// runtime; the next call begins anew, on its own.
    fn drop(&mut self) {
        if !self.found
            && let Some(link) = self.link.upgrade()
        {
            link.state.send_replace(State::Idle);
        }
    }
}

/// A connection that has done once what calls ask of it.
async fn connect(client: &Client, ping: &[u8]) -> RedisResult<MultiplexedConnection> {
    // Those who wait set the limit.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    let mut connection = connecting.await?;
    let moment = Duration::from_millis(1);
    let limit = BucketLimit::new(moment, moment);
    let asked = Asked {
        buckets: &[(ping.to_vec(), limit)],
        longest: moment,
        wait_max: moment,
    };
    script::run(&mut connection, asked).await?;
    Ok(connection)
}
