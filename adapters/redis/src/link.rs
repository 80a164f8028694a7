//! The state of the connection to Redis.
//!
//! ```text
//!          first call               connected
//! [idle] ────────────▶ [connecting] ─────────▶ [up] ◀─────────┐
//!    ▲                     │ failed, or        │ error, or    │ a ping
//!    │                     │ a call timed out  │ no response  │ succeeded
//!    │ the runtime ended   ▼                   ▼              │
//!    └──────────────────[away: a ping every 100 ms]───────────┘
//! ```
//!
//! Calls never reconnect: one task per link does, while the link is not up. Its
//! ping is the script itself, on a key of its own, because a server may respond
//! to `PING` and refuse to write (a replica, or one whose memory is full); the
//! next call would then fail again.

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

use super::script::{self, ScriptRequest};

/// The interval of pings to an unavailable server.
const PING_EVERY: Duration = Duration::from_millis(100);

/// The time limit of one attempt to connect and ping. Calls don't wait for it.
const ATTEMPT_MAX: Duration = Duration::from_secs(1);

/// The connection that all clones of a store share, and its state.
pub(super) struct Link {
    client: Client,
    /// Without its password, for events.
    address: String,
    /// The key that pings write.
    ping: Vec<u8>,
    state: watch::Sender<State>,
    /// The task that connects while the link is not up.
    task: Mutex<Option<AbortHandle>>,
}

enum State {
    /// There was no call yet.
    Idle,
    /// The first attempt is in progress.
    Connecting,
    Up(Established),
    Away,
}

/// A connection whose ping succeeded.
#[derive(Clone)]
pub(super) struct Established {
    pub(super) connection: MultiplexedConnection,
    /// Identifies the connection, so that a late failure of an old one does not
    /// affect its successor.
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

    /// The connection; `None` if the server is unavailable. Waits for the first
    /// attempt, and starts it if there was none.
    pub(super) async fn established(self: &Arc<Self>) -> Option<Established> {
        match &*self.state.borrow() {
            State::Up(established) => return Some(established.clone()),
            State::Away => return None,
            State::Idle | State::Connecting => {}
        }
        self.begin();
        let mut state = self.state.subscribe();
        let attempted = state
            .wait_for(|state| matches!(state, State::Up(_) | State::Away))
            .await;
        match &*attempted.ok()? {
            State::Up(established) => Some(established.clone()),
            _ => None,
        }
    }

    /// Marks the server as unavailable after a call has waited for the first
    /// attempt for its whole timeout. The attempt continues.
    pub(super) fn first_attempt_timed_out(self: &Arc<Self>, waited: Duration) {
        let away = self.state.send_if_modified(|state| match state {
            State::Connecting => {
                *state = State::Away;
                true
            }
            _ => false,
        });
        if away {
            self.report_away(&format_args!("no connection within {waited:?}"));
        }
    }

    /// Marks the server as unavailable after a call failed on this connection,
    /// unless the link has a newer one.
    pub(super) fn failed(self: &Arc<Self>, failed: &Established, problem: &dyn fmt::Display) {
        let away = self.state.send_if_modified(|state| match state {
            State::Up(current) if current.number == failed.number => {
                *state = State::Away;
                true
            }
            _ => false,
        });
        if away {
            self.report_away(problem);
            self.connect();
        }
    }

    fn begin(self: &Arc<Self>) {
        let begun = self.state.send_if_modified(|state| match state {
            State::Idle => {
                *state = State::Connecting;
                true
            }
            _ => false,
        });
        if begun {
            self.connect();
        }
    }

    /// Starts the task that attempts to connect until it succeeds or the link is
    /// dropped.
    fn connect(self: &Arc<Self>) {
        let connecting = Connecting {
            link: Arc::downgrade(self),
            client: self.client.clone(),
            ping: self.ping.clone(),
            connected: false,
        };
        let task = tokio::spawn(connecting.run()).abort_handle();
        let mut place = self
            .task
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *place = Some(task);
    }

    fn set_up(&self, connection: MultiplexedConnection) {
        static CONNECTIONS: AtomicU64 = AtomicU64::new(0);
        let established = Established {
            connection,
            number: CONNECTIONS.fetch_add(1, Ordering::Relaxed),
        };
        let first = matches!(
            self.state.send_replace(State::Up(established)),
            State::Idle | State::Connecting
        );
        if !first {
            tracing::info!(
                target: "kit::policy",
                policy = "rate_limit",
                store = "redis",
                address = self.address,
                from = "away",
                to = "up",
                "the store is available again and counts for all processes"
            );
        }
    }

    fn set_away(&self, problem: &dyn fmt::Display) {
        let before = self.state.send_replace(State::Away);
        if !matches!(before, State::Away) {
            self.report_away(problem);
        }
    }

    #[cold]
    fn report_away(&self, problem: &dyn fmt::Display) {
        tracing::warn!(
            target: "kit::policy",
            policy = "rate_limit",
            store = "redis",
            address = self.address,
            from = "up",
            to = "away",
            %problem,
            "the store is unavailable, and the limiter of this process decides"
        );
    }
}

#[cfg(test)]
impl Link {
    /// Waits until the link is up.
    pub(super) async fn until_up(&self) {
        let mut state = self.state.subscribe();
        let up = state.wait_for(|state| matches!(state, State::Up(_))).await;
        drop(up);
    }

    /// The task that connects.
    pub(super) fn connecting(&self) -> Option<AbortHandle> {
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
            State::Connecting => "connecting",
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

/// The task that connects. It does not keep its link alive.
struct Connecting {
    link: Weak<Link>,
    client: Client,
    ping: Vec<u8>,
    connected: bool,
}

impl Connecting {
    async fn run(mut self) {
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pings.tick().await;
            let attempt = timeout(ATTEMPT_MAX, connect_and_ping(&self.client, &self.ping)).await;
            let Some(link) = self.link.upgrade() else {
                return;
            };
            match attempt {
                Ok(Ok(connection)) => {
                    self.connected = true;
                    return link.set_up(connection);
                }
                Ok(Err(problem)) => link.set_away(&problem),
                Err(_) => link.set_away(&format_args!("no connection within {ATTEMPT_MAX:?}")),
            }
        }
    }
}

impl Drop for Connecting {
    /// A task that is dropped before it connected ended with its runtime: the
    /// next call starts another one, on its own runtime.
    fn drop(&mut self) {
        if !self.connected
            && let Some(link) = self.link.upgrade()
        {
            link.state.send_replace(State::Idle);
        }
    }
}

/// Opens a connection and runs the script on it once, as a call does.
async fn connect_and_ping(client: &Client, ping: &[u8]) -> RedisResult<MultiplexedConnection> {
    // The callers set the time limits.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    let mut connection = connecting.await?;
    let moment = Duration::from_millis(1);
    let limit = BucketLimit::new(moment, moment);
    let request = ScriptRequest {
        buckets: &[(ping.to_vec(), limit)],
        longest: moment,
        wait_max: moment,
    };
    script::run(&mut connection, request).await?;
    Ok(connection)
}
