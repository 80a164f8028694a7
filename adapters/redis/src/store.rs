//! A store of rate limits in Redis, as applications make it.

use std::sync::Arc;
use std::time::Duration;

use kit_core::Status;
use kit_core::policy::rate_limit::{SharedStore, StoreAnswer, StoreRequest, Taking};
use tokio::time::{Instant, timeout_at};

use super::link::Link;
use super::script::{self, Asked};

/// Keys up to so many bytes stand in Redis as they are; of longer ones, which
/// come from outside, only a digest does.
const KEY_MAX: usize = 64;

/// As long as any call waits, whatever was said: a clock ends somewhere.
const PATIENCE_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Counts rate limits for all processes that are given the same Redis; see the
/// [crate](crate).
///
/// Clones share the connection, of which there is one: calls that run at the
/// same time share its round trips. Nothing connects before the first call.
///
/// ```no_run
/// # use kit::prelude::*;
/// /// Sends mail, 100 messages a second of all servers together.
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

    /// A store in the Redis at a URL: `redis://[user:password@]host[:port][/database]`
    /// or `redis+unix:///path`. It never waits: where there is no such Redis,
    /// each process judges by itself until there is.
    ///
    /// # Errors
    /// `invalid_argument`: the URL can't be read.
    pub fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        // The URL may hold a password, and is not told.
        let client = ::redis::Client::open(url.as_ref()).map_err(|error| {
            let problem = format!("the URL of a Redis is like redis://127.0.0.1:6379: {error}");
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

    /// The same with another prefix of its keys; default `kit`.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<Arc<str>>) -> Self {
        Self::new(self.client, prefix.into(), self.timeout)
    }

    /// The same with another limit of how long a call waits for an answer
    /// before this process judges by itself; default 50 ms.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where it is, without what it is opened with.
    pub fn address(&self) -> &str {
        self.link.address()
    }

    /// The URL, with stars for who opens it and with what.
    pub(crate) fn url_without_password(&self) -> String {
        use ::redis::ConnectionAddr::{TcpTls, Unix};
        let info = self.client.get_connection_info();
        let settings = info.redis_settings();
        let (scheme, database) = match info.addr() {
            Unix(_) => ("redis+unix", "?db="),
            TcpTls { .. } => ("rediss", "/"),
            _ => ("redis", "/"),
        };
        let opened = settings.username().is_some() || settings.password().is_some();
        let credentials = if opened { "***@" } else { "" };
        // An address of colons is told from its port by brackets.
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

    /// The name of a caller's bucket.
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

    /// The name of the bucket of all callers.
    pub(super) fn bucket_of_all(&self, limiter: &str) -> Vec<u8> {
        format!("{}:rate_limit_total:{limiter}", self.prefix).into_bytes()
    }

    async fn ask(&self, request: &StoreRequest<'_>) -> Option<StoreAnswer> {
        let patience = Instant::now() + self.timeout.min(PATIENCE_MAX);
        let until = request
            .deadline
            .map_or(patience, |deadline| deadline.min(patience));
        // A caller in a hurry says nothing of the server.
        let in_hurry = until < patience;
        let line = match timeout_at(until, self.link.line()).await {
            Ok(line) => line?,
            Err(_) if in_hurry => return None,
            Err(_) => {
                self.link.is_slow(self.timeout);
                return None;
            }
        };
        let mut buckets = Vec::with_capacity(2);
        let limiter = request.limiter;
        buckets.push((self.bucket(limiter, request.key), request.limit));
        if let Some(total) = request.total {
            buckets.push((self.bucket_of_all(limiter), total));
        }
        let asked = Asked {
            buckets: &buckets,
            longest: request.longest,
            wait_max: request.wait_max,
        };
        let mut connection = line.connection.clone();
        match timeout_at(until, script::run(&mut connection, asked)).await {
            Ok(Ok(answer)) => return Some(answer.into()),
            Ok(Err(error)) => self.link.failed(&line, &error),
            Err(_) if in_hurry => {}
            Err(_) => {
                let problem = format_args!("no answer within {:?}", self.timeout);
                self.link.failed(&line, &problem);
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
        Box::pin(self.ask(request))
    }

    fn is_away(&self) -> bool {
        self.link.is_away()
    }
}
