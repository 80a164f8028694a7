//! A gate's limit for each value of an argument.
//!
//! The others are asked before anybody has read the request; this one once the
//! arguments have their types, by what stands around such methods of a server.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use super::Admission;
use super::rate::is_by_argument;
use crate::model::context::Context;
use crate::model::status::Status;

impl Admission {
    /// The key of a call by an argument, which `write` writes; `None` where
    /// there is no such limit.
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

    /// Leave for a call from the limit by an argument, where there is one.
    pub(crate) async fn admit_argument(
        &self,
        key: &ArgumentKey,
        cx: &Context,
    ) -> Result<(), Status> {
        let Some(limiter) = self.rate_limit.get() else {
            return Ok(());
        };
        let told = match key {
            ArgumentKey::Shared(key) => self.shared_turn(limiter, key, cx.deadline()).await,
            ArgumentKey::Hashed(key) => match limiter.turn(key, cx.deadline()) {
                Ok(turn) => {
                    turn.ready().await;
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            },
        };
        told.map_err(|refusal| self.refused(refusal))
    }
}

/// What tells callers apart by an argument.
#[derive(Debug)]
pub(crate) enum ArgumentKey {
    /// A hash by keys that nobody outside knows: a caller can't make an
    /// argument that counts as somebody else's.
    Hashed([u8; 8]),
    /// The argument as its `Hash` writes it. All processes that share a limit
    /// must read it alike, so there is no secret, and nothing is hashed.
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
        let mut written = Written(Vec::new());
        write(&mut written);
        Self::Shared(written.0)
    }
}

/// Keeps what a `Hash` writes, which is the same in all programs of one
/// compiler on machines of one byte order. Where two processes differ, as
/// while a new compiler is rolled out, they count apart.
struct Written(Vec<u8>);

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks.
    fn finish(&self) -> u64 {
        0
    }
}
