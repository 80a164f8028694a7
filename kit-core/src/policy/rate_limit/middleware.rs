//! Applies the limiter to a call: to any future, to a method, or by a key from
//! the request.

use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;

use super::RateLimiter;
use crate::model::context::{Context, Peer};
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::policies::rate_limit::RateLimitKey;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::model::status::refusal::Refusal;

impl RateLimiter {
    /// Waits for the turn of a call, and runs it. The call is refused at once if
    /// its turn would come after the wait of the configuration or the deadline
    /// of the current context.
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.run_key(b"", call).await
    }

    /// Waits for the turn of a call with this key, and runs it; see
    /// [`run`](Self::run).
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run_key<T, E: ServiceError>(
        &self,
        key: &[u8],
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let deadline = match self.waits() {
            true => Context::current().deadline(),
            false => None,
        };
        match self.turn(key, deadline) {
            Ok(turn) => turn.ready().await,
            Err(refusal) => return Err(refused(refusal)),
        }
        call.await
    }

    /// Turns this limiter into one that takes the key of a call from its
    /// request: a limit for each tenant, or for each account.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use kit::{Context, Method, MethodMeta};
    /// # use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimiter};
    /// # struct Rename;
    /// # struct RenameRequest { id: u64 }
    /// # impl Method for Rename {
    /// #     type Request = RenameRequest; type Response = (); type Error = kit::Status;
    /// #     const META: &'static MethodMeta = &MethodMeta::new("Names", "rename", "Rename");
    /// # }
    /// let config = RateLimitConfig::new(Rate::new(5, Duration::from_secs(1)))
    ///     .key(RateLimitKey::Argument("id"));
    /// let by_id = RateLimiter::new(config)
    ///     .keyed_by(|_: &Context, request: &RenameRequest| request.id.to_le_bytes());
    /// # fn is_middleware(_: &impl kit::Middleware<Rename>) {}
    /// # is_middleware(&by_id);
    /// ```
    pub fn keyed_by<R, K, F>(self, key: F) -> KeyedBy<R, F>
    where
        F: Fn(&Context, &R) -> K + Send + Sync,
        K: AsRef<[u8]> + Send,
    {
        KeyedBy {
            limiter: self,
            key,
            request: PhantomData,
        }
    }
}

impl RateLimitKey {
    /// Reads the key of a call from its context: the peer's address or a
    /// header. The key is empty if the context has none, and for the kinds of
    /// keys that do not come from a context.
    pub fn read<R>(self, cx: &Context, read: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Everyone | Self::Argument(_) | Self::Identity => read(b""),
            Self::Header(name) => read(cx.metadata().get(name).unwrap_or_default().as_bytes()),
            Self::Peer => match cx.peer() {
                Some(Peer::Socket(address)) => read_address(address.ip(), read),
                Some(Peer::Unix) | None => read(b""),
            },
        }
    }
}

/// Reads the key of an address. A dual-stack socket reports an IPv4 address as
/// an IPv6 one; reduced to its /64, all of those would be one key.
fn read_address<R>(address: IpAddr, read: impl FnOnce(&[u8]) -> R) -> R {
    match address.to_canonical() {
        IpAddr::V4(address) => read(&address.octets()),
        IpAddr::V6(address) => read(&address.octets()[..8]),
    }
}

impl<M: Method> Middleware<M> for RateLimiter {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        match self.key().read(cx, |key| self.turn(key, cx.deadline())) {
            Ok(turn) => turn.ready().await,
            Err(refusal) => return Err(refused(refusal)),
        }
        next.call(cx, request).await
    }
}

/// A limiter that takes the key of a call from its request; created by
/// [`RateLimiter::keyed_by`].
#[derive(Debug)]
pub struct KeyedBy<R, F> {
    limiter: RateLimiter,
    key: F,
    request: PhantomData<fn(&R)>,
}

impl<R, F> KeyedBy<R, F> {
    /// The limiter itself.
    pub const fn limiter(&self) -> &RateLimiter {
        &self.limiter
    }
}

impl<M, K, F> Middleware<M> for KeyedBy<M::Request, F>
where
    M: Method,
    F: Fn(&Context, &M::Request) -> K + Send + Sync,
    K: AsRef<[u8]> + Send,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let key = (self.key)(cx, &request);
        match self.limiter.turn(key.as_ref(), cx.deadline()) {
            Ok(turn) => turn.ready().await,
            Err(refusal) => return Err(refused(refusal)),
        }
        next.call(cx, request).await
    }
}

#[cold]
fn refused<E: ServiceError>(refusal: Refusal) -> E {
    E::from_status(Status::from(refusal))
}
