//! The way of a call that memory has no good answer for, without its types:
//! whether it asks, for whom, and what becomes of how that ends.
//!
//! What is left to the caller, which knows the types, is to ask:
//!
//! ```text
//! Missed ─begin─▶ Begun::Asks ─▶ the call ─▶ Asking::answered / failed
//!                 Begun::Answered, Begun::Failed: another asked
//! ```

use std::sync::atomic::Ordering::Relaxed;

use super::flights::{Joined, Leader};
use super::found::{Answer, Found};
use super::key::{Key, Lookup};
use super::store::Store;
use crate::model::code::Code;
use crate::model::policies::{OutcomeClass, OutcomeClasses};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// A call that memory has no good answer for.
pub(super) struct Miss<'a> {
    store: &'a Store,
    key: Key,
    /// An old answer, which will do while another is fetched.
    stale: Option<Answer>,
}

/// What a call comes to that was not answered at once.
pub(super) enum FetchStart<'a> {
    /// By an answer that another got, or an old one.
    Answered(Answer),
    /// By another's failure.
    Failed(Status),
    /// It has to ask itself.
    Asks(Fetch<'a>),
}

/// A call that asks. Dropping this gives it up.
pub(super) struct Fetch<'a>(FetchMode<'a>);

enum FetchMode<'a> {
    /// Past the cache.
    Past,
    /// For itself, since there had been that many edits by hand.
    Alone {
        store: &'a Store,
        key: Key,
        edits: u64,
    },
    /// For all who wait.
    Leads {
        store: &'a Store,
        key: Key,
        leader: Leader<'a>,
        stale: Option<Answer>,
    },
}

impl<'a> Miss<'a> {
    /// What was found for the key is not good.
    pub(super) fn new(store: &'a Store, key: &Lookup<'_>, found: Found<Answer>) -> Self {
        let stale = match found {
            Found::Stale(answer) => Some(answer),
            Found::Fresh(_) | Found::Nothing => None,
        };
        let key = key.share();
        Self { store, key, stale }
    }

    /// Waits for who asks already, if anybody does whose answer will do.
    pub(super) async fn begin(self) -> FetchStart<'a> {
        let Self { store, key, stale } = self;
        if stale.is_none() && !store.coalesces() {
            let edits = *store.edits();
            return FetchStart::Asks(Fetch(FetchMode::Alone { store, key, edits }));
        }
        let mut joined = false;
        loop {
            match store.flights.join(&key) {
                Joined::Leads(leader) => return lead(store, key, leader, stale),
                Joined::Follows(follower) => {
                    if let Some(stale) = stale {
                        return FetchStart::Answered(stale);
                    }
                    // Once a call, however many leaders go away.
                    if !std::mem::replace(&mut joined, true) {
                        store.counts.joined.fetch_add(1, Relaxed);
                    }
                    // Where the leader went away, somebody else leads.
                    match follower.landing().await {
                        Some(Ok(answer)) => return FetchStart::Answered(answer),
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
    stale: Option<Answer>,
) -> FetchStart<'a> {
    // The last flight may have landed since we looked.
    if let Found::Fresh(answer) = store.look(&key, store.clock.now()) {
        leader.land(Ok(answer.clone()));
        return FetchStart::Answered(answer);
    }
    FetchStart::Asks(Fetch(FetchMode::Leads {
        store,
        key,
        leader,
        stale,
    }))
}

impl Fetch<'_> {
    /// A call that has nothing to do with the cache.
    pub(super) const PAST: Self = Self(FetchMode::Past);

    /// Whether anybody wants to know of an answer.
    pub(super) fn is_past(&self) -> bool {
        matches!(self.0, FetchMode::Past)
    }

    /// Keeps the answer, and gives it to all who wait.
    pub(super) fn answered(self, answer: Answer) {
        match self.0 {
            FetchMode::Past => {}
            FetchMode::Alone { store, key, edits } => store.keep(&key, answer, |now| now != edits),
            FetchMode::Leads {
                store, key, leader, ..
            } => {
                store.keep(&key, answer.clone(), |_| leader.is_detached());
                leader.land(Ok(answer));
            }
        }
    }

    /// Tells those who wait of a failure; what is left is the caller's own to
    /// return: the old answer if there is one that holds, else the error.
    pub(super) fn failed<E: ServiceError>(self, error: E) -> (Option<Answer>, E) {
        let FetchMode::Leads {
            store,
            key,
            leader,
            stale,
        } = self.0
        else {
            return (None, error);
        };
        if OutcomeClasses::DEFAULT.of(error.code()) == OutcomeClass::Success {
            // What was there is no longer the answer.
            store.forget(&key, |_| leader.is_detached());
            return (None, share(leader, error));
        }
        // Who waits came too late for the old answer, or would have it.
        (stale, share(leader, error))
    }
}

/// Tells those who wait of a failure, except one that is the leader's own.
fn share<E: ServiceError>(leader: Leader<'_>, error: E) -> E {
    let is_own = matches!(error.code(), Code::DeadlineExceeded | Code::Cancelled);
    if is_own || !leader.is_followed() {
        return error;
    }
    let status = error.into_status();
    leader.land(Err(status.clone()));
    E::from_status(status)
}
