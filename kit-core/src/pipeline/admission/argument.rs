//! The rate limit for each value of an argument.
//!
//! All other policies run before the request is decoded. This one runs after,
//! from [`ArgumentLimit`](crate::pipeline::argument_limit::ArgumentLimit), which
//! wraps such methods of a server.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use super::Admission;
use super::rate::is_by_argument;
use crate::model::context::Context;
use crate::model::status::Status;

impl Admission {
    /// The rate limit key of a call, hashed from an argument by `write`; `None`
    /// without such a limit.
    pub(crate) fn argument_key(&self, write: impl FnOnce(&mut dyn Hasher)) -> Option<ArgumentKey> {
        let limiter = self
            .rate_limit
            .get()
            .filter(|limiter| is_by_argument(limiter))?;
        Some(match limiter.is_shared() {
            true => ArgumentKey::shared(write),
            false => ArgumentKey::hashed(write),
        })
    }

    /// Admits a call under the limit by an argument, if there is one.
    pub(crate) async fn admit_argument(
        &self,
        key: &ArgumentKey,
        cx: &Context,
    ) -> Result<(), Status> {
        let Some(limiter) = self.rate_limit.get() else {
            return Ok(());
        };
        let outcome = match key {
            ArgumentKey::Shared(key) => {
                self.wait_for_shared_limit(limiter, key, cx.deadline())
                    .await
            }
            ArgumentKey::Hashed(key) => match limiter.turn(key, cx.deadline()) {
                Ok(turn) => {
                    turn.ready().await;
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            },
        };
        outcome.map_err(|refusal| self.refuse(refusal))
    }
}

/// A rate limit key from the value of an argument.
#[derive(Debug)]
pub(crate) enum ArgumentKey {
    /// A hash with keys that are secret to this process, so that a caller can't
    /// construct an argument that collides with another caller's.
    Hashed([u8; 8]),
    /// The bytes that the argument's `Hash` implementation writes. All processes
    /// that share a limit need the same key, so it can't depend on a secret.
    Shared(Vec<u8>),
}

impl ArgumentKey {
    fn hashed(write: impl FnOnce(&mut dyn Hasher)) -> Self {
        static KEYS: OnceLock<RandomState> = OnceLock::new();
        let mut hasher = KEYS.get_or_init(RandomState::new).build_hasher();
        write(&mut hasher);
        Self::Hashed(hasher.finish().to_le_bytes())
    }

    fn shared(write: impl FnOnce(&mut dyn Hasher)) -> Self {
        let mut collector = ByteCollector(Vec::new());
        write(&mut collector);
        Self::Shared(collector.0)
    }
}

/// A hasher that collects the bytes it is given. They are equal in all programs
/// built by the same compiler for the same byte order. Processes that differ, as
/// while a new compiler is rolled out, count separately.
struct ByteCollector(Vec<u8>);

impl Hasher for ByteCollector {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Not used: the key is the bytes themselves.
    fn finish(&self) -> u64 {
        0
    }
}
