//! A call that found no fresh response, without its types: whether it fetches
//! one, for which callers, and what is done with the result.
//!
//! The caller, which knows the types, only makes the call:
//!
//! ```text
//! Miss ─begin─▶ FetchStart::Fetch ─▶ the call ─▶ Fetch::succeeded / failed
//!               FetchStart::Response, FetchStart::Failed: another call's result
//! ```

use std::sync::atomic::Ordering::Relaxed;

use super::flights::{Joined, Leader};
use super::found::{ErasedResponse, Found};
use super::key::{Key, Lookup};
use super::store::Store;
use crate::model::code::Code;
use crate::model::policies::{OutcomeClass, OutcomeClasses};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// A call that found no fresh response.
pub(super) struct Miss<'a> {
    store: &'a Store,
    key: Key,
    /// A stale response, which is used while another call fetches.
    stale: Option<ErasedResponse>,
}

/// How a missed call continues.
pub(super) enum FetchStart<'a> {
    /// With a response that another call fetched, or a stale one.
    Response(ErasedResponse),
    /// With another call's failure.
    Failed(Status),
    /// With a call of its own.
    Fetch(Fetch<'a>),
}

/// A call that fetches a response. Dropping this cancels it.
pub(super) struct Fetch<'a>(FetchMode<'a>);

/// For whom a response is fetched.
enum FetchMode<'a> {
    /// For the caller alone, without the cache.
    Bypass,
    /// For the caller and the cache, with the number of edits when it started.
    Alone {
        store: &'a Store,
        key: Key,
        edits: u64,
    },
    /// For the caller, the cache and all waiting calls.
    Leader {
        store: &'a Store,
        key: Key,
        leader: Leader<'a>,
        stale: Option<ErasedResponse>,
    },
}

impl<'a> Miss<'a> {
    /// Creates a miss from the result of the lookup.
    pub(super) fn new(store: &'a Store, key: &Lookup<'_>, found: Found<ErasedResponse>) -> Self {
        let stale = match found {
            Found::Stale(response) => Some(response),
            Found::Fresh(_) | Found::Nothing => None,
        };
        let key = key.share();
        Self { store, key, stale }
    }

    /// Waits for an equal call, if one is in flight whose response can be used.
    pub(super) async fn begin(self) -> FetchStart<'a> {
        let Self { store, key, stale } = self;
        if stale.is_none() && !store.coalesces() {
            let edits = *store.edits();
            return FetchStart::Fetch(Fetch(FetchMode::Alone { store, key, edits }));
        }
        let mut joined = false;
        loop {
            match store.flights.join(&key) {
                Joined::Leader(leader) => return lead(store, key, leader, stale),
                Joined::Follower(follower) => {
                    if let Some(stale) = stale {
                        return FetchStart::Response(stale);
                    }
                    // Counted once for each call, however many leaders are cancelled.
                    if !std::mem::replace(&mut joined, true) {
                        store.counts.joined.fetch_add(1, Relaxed);
                    }
                    // If the leader was cancelled, another call leads.
                    match follower.outcome().await {
                        Some(Ok(response)) => return FetchStart::Response(response),
                        Some(Err(status)) => return FetchStart::Failed(status),
                        None => {}
                    }
                }
            }
        }
    }
}

fn lead<'a>(
    store: &'a Store,
    key: Key,
    leader: Leader<'a>,
    stale: Option<ErasedResponse>,
) -> FetchStart<'a> {
    // A flight may have completed since the lookup.
    if let Found::Fresh(response) = store.peek(&key, store.clock.now()) {
        leader.complete(Ok(response.clone()));
        return FetchStart::Response(response);
    }
    FetchStart::Fetch(Fetch(FetchMode::Leader {
        store,
        key,
        leader,
        stale,
    }))
}

impl Fetch<'_> {
    /// A call without the cache.
    pub(super) const BYPASS: Self = Self(FetchMode::Bypass);

    /// Whether the response is not used for the cache.
    pub(super) fn is_bypass(&self) -> bool {
        matches!(self.0, FetchMode::Bypass)
    }

    /// Stores the response, and passes it to the waiting calls.
    pub(super) fn succeeded(self, response: ErasedResponse) {
        match self.0 {
            FetchMode::Bypass => {}
            FetchMode::Alone { store, key, edits } => {
                store.insert_unless(&key, response, |now| now != edits);
            }
            FetchMode::Leader {
                store, key, leader, ..
            } => {
                store.insert_unless(&key, response.clone(), |_| leader.is_detached());
                leader.complete(Ok(response));
            }
        }
    }

    /// Passes a failure to the waiting calls. Returns what the caller has to
    /// return: the stale response if it may be used, otherwise the error.
    pub(super) fn failed<E: ServiceError>(self, error: E) -> (Option<ErasedResponse>, E) {
        let FetchMode::Leader {
            store,
            key,
            leader,
            stale,
        } = self.0
        else {
            return (None, error);
        };
        if OutcomeClasses::DEFAULT.of(error.code()) == OutcomeClass::Success {
            // The domain error replaces the response.
            store.remove_unless(&key, |_| leader.is_detached());
            return (None, share(leader, error));
        }
        // A call that found a stale response does not wait, so those that wait
        // get the error.
        (stale, share(leader, error))
    }
}

/// Passes a failure to the waiting calls, unless it concerns only the leader.
fn share<E: ServiceError>(leader: Leader<'_>, error: E) -> E {
    let is_own = matches!(error.code(), Code::DeadlineExceeded | Code::Cancelled);
    if is_own || !leader.is_followed() {
        return error;
    }
    let status = error.into_status();
    leader.complete(Err(status.clone()));
    E::from_status(status)
}
