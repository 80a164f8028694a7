//! The store of rate limits in Redis.

use std::sync::Arc;
use std::time::Duration;

use kit_core::Status;
use kit_core::policy::rate_limit::{SharedStore, StoreAnswer, StoreRequest, Taking};
use tokio::time::{Instant, timeout_at};

use super::link::Link;
use super::script::{self, ScriptRequest};

/// The longest key in bytes that is stored as it is. Keys can come from callers,
/// so longer ones are replaced by a digest.
const KEY_MAX: usize = 64;

/// The longest wait of a call, whatever the timeout: a later instant may
/// overflow.
const WAIT_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Counts rate limits for all processes that use the same Redis; see the
/// [crate](crate).
///
/// A store has one connection, which its clones share, and concurrent calls are
/// pipelined on it. It connects with the first call.
///
/// ```no_run
/// # use kit::prelude::*;
/// /// Sends mail, 100 messages a second over all servers.
/// #[kit::service]
/// pub trait Mail {
///     #[rate_limit("100/s", burst = 20, store = "redis")]
///     async fn send(&self, to: String) -> Result<(), Status>;
/// }
///
/// # async fn example<S: Mail + Send + Sync + 'static>(service: S) -> Result<(), Box<dyn std::error::Error>> {
/// let store = kit::RedisStore::connect("redis://127.0.0.1:6379")?;
/// kit::Server::new()
///     .rate_limit_store(store)
///     .mount(MailServer::new(service))
///     .serve("127.0.0.1:8080")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RedisStore {
    client: ::redis::Client,
    prefix: Arc<str>,
    timeout: Duration,
    pub(super) link: Arc<Link>,
}

impl RedisStore {
    pub(crate) const PREFIX_DEFAULT: &'static str = "kit";
    pub(crate) const TIMEOUT_DEFAULT: Duration = Duration::from_millis(50);

    /// Creates a store for the Redis at a URL:
    /// `redis://[user:password@]host[:port][/database]` or `redis+unix:///path`.
    /// It does not connect yet, so an unavailable Redis is not an error: until
    /// it is available, the limiter of each process decides.
    ///
    /// # Errors
    /// `invalid_argument`: the URL cannot be parsed.
    pub fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        // The message omits the URL, which may contain a password.
        let client = ::redis::Client::open(url.as_ref()).map_err(|error| {
            let problem = format!("expected a URL like redis://127.0.0.1:6379: {error}");
            Status::invalid_argument(problem)
        })?;
        let prefix = Self::PREFIX_DEFAULT.into();
        Ok(Self::new(client, prefix, Self::TIMEOUT_DEFAULT))
    }

    fn new(client: ::redis::Client, prefix: Arc<str>, timeout: Duration) -> Self {
        let ping = format!("{prefix}:rate_limit_ping").into_bytes();
        Self {
            link: Link::new(client.clone(), ping),
            client,
            prefix,
            timeout,
        }
    }

    /// Sets the prefix of all keys; default `kit`. The store gets a connection
    /// of its own.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<Arc<str>>) -> Self {
        Self::new(self.client, prefix.into(), self.timeout)
    }

    /// Sets the longest wait of a call for Redis, after which the limiter of
    /// this process decides; default 50 ms.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The address (`host:port` or path) without user and password.
    pub fn address(&self) -> &str {
        self.link.address()
    }

    /// The URL with `***` for user and password.
    pub(crate) fn url_without_password(&self) -> String {
        use ::redis::ConnectionAddr::{TcpTls, Unix};
        let info = self.client.get_connection_info();
        let settings = info.redis_settings();
        let (scheme, database) = match info.addr() {
            Unix(_) => ("redis+unix", "?db="),
            TcpTls { .. } => ("rediss", "/"),
            _ => ("redis", "/"),
        };
        let has_login = settings.username().is_some() || settings.password().is_some();
        let credentials = if has_login { "***@" } else { "" };
        // An IPv6 address needs brackets before a port.
        let address = match self.address().rsplit_once(':') {
            Some((host, port)) if host.contains(':') => format!("[{host}]:{port}"),
            _ => self.address().to_owned(),
        };
        let database = match settings.db() {
            0 => String::new(),
            number => format!("{database}{number}"),
        };
        format!("{scheme}://{credentials}{address}{database}")
    }

    /// The Redis key of the bucket of one caller's key.
    pub(super) fn bucket(&self, limiter: &str, key: &[u8]) -> Vec<u8> {
        let prefix = &self.prefix;
        if key.len() > KEY_MAX {
            let digest = sha1_smol::Sha1::from(key).digest();
            return format!("{prefix}:rate_limit_sha1:{limiter}:{digest}").into_bytes();
        }
        let mut name = format!("{prefix}:rate_limit:{limiter}:").into_bytes();
        name.extend_from_slice(key);
        name
    }

    /// The Redis key of the bucket of the total.
    pub(super) fn bucket_of_total(&self, limiter: &str) -> Vec<u8> {
        format!("{}:rate_limit_total:{limiter}", self.prefix).into_bytes()
    }

    async fn take_or_unavailable(&self, request: &StoreRequest<'_>) -> Option<StoreAnswer> {
        let store_deadline = Instant::now() + self.timeout.min(WAIT_MAX);
        let until = request
            .deadline
            .map_or(store_deadline, |deadline| deadline.min(store_deadline));
        // A call with an earlier deadline is no evidence against the server.
        let call_ends_first = until < store_deadline;
        let established = match timeout_at(until, self.link.established()).await {
            Ok(established) => established?,
            Err(_) if call_ends_first => return None,
            Err(_) => {
                self.link.first_attempt_timed_out(self.timeout);
                return None;
            }
        };
        let mut buckets = Vec::with_capacity(2);
        let limiter = request.limiter;
        buckets.push((self.bucket(limiter, request.key), request.limit));
        if let Some(total) = request.total {
            buckets.push((self.bucket_of_total(limiter), total));
        }
        let script_request = ScriptRequest {
            buckets: &buckets,
            longest: request.longest,
            wait_max: request.wait_max,
        };
        let mut connection = established.connection.clone();
        match timeout_at(until, script::run(&mut connection, script_request)).await {
            Ok(Ok(response)) => return Some(response.into()),
            Ok(Err(error)) => self.link.failed(&established, &error),
            Err(_) if call_ends_first => {}
            Err(_) => {
                let problem = format_args!("no response within {:?}", self.timeout);
                self.link.failed(&established, &problem);
            }
        }
        None
    }
}

#[cfg(test)]
impl RedisStore {
    pub(crate) fn settings(&self) -> (&str, Duration) {
        (&self.prefix, self.timeout)
    }

    pub(crate) fn shares_connection(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.link, &other.link)
    }
}

impl SharedStore for RedisStore {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        Box::pin(self.take_or_unavailable(request))
    }

    fn is_away(&self) -> bool {
        self.link.is_away()
    }
}
