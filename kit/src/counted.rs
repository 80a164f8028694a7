//! A method that tells its callers apart by an argument.
//!
//! All other policies are asked before anybody has read the request. A limit
//! for each value of an argument (`#[rate_limit("5/s", key = arg(tenant))]`)
//! can only be asked once the request has its types, so it stands right before
//! the layers of the server, and only around methods that have such a limit.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use crate::context::Context;
use crate::endpoint::Endpoint;
use crate::method::{Method, Outcome};
use crate::policy::gate::Gate;
use crate::service_error::ServiceError;

/// An endpoint behind a limit for each value of an argument.
#[derive(Debug)]
pub(crate) struct Counted<E> {
    gate: Arc<Gate>,
    endpoint: Arc<E>,
}

impl<E> Counted<E> {
    pub(crate) const fn new(gate: Arc<Gate>, endpoint: Arc<E>) -> Self {
        Self { gate, endpoint }
    }
}

impl<M: Method, E: Endpoint<M>> Endpoint<M> for Counted<E> {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let key = M::RATE_KEY.map(|hash| key(|hasher| hash(&request, hasher)));
        if let Some(key) = key
            && let Err(refusal) = self.gate.admit_key(&key, cx).await
        {
            return Err(M::Error::from_status(refusal));
        }
        self.endpoint.call(cx, request).await
    }
}

/// The hash of an argument, by keys that nobody outside knows: a caller can't
/// make an argument that counts as somebody else's.
fn key(write: impl FnOnce(&mut dyn Hasher)) -> [u8; 8] {
    static KEYS: OnceLock<RandomState> = OnceLock::new();
    let mut hasher = KEYS.get_or_init(RandomState::new).build_hasher();
    write(&mut hasher);
    hasher.finish().to_le_bytes()
}
