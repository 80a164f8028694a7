//! Calls in flight, so that equal calls can wait for one response.
//!
//! The first call of a key is the leader: it runs in the task of its caller,
//! and passes its outcome to all that wait. If it is cancelled before that, the
//! first waiting call to notice becomes the leader. So nothing is spawned, a
//! call lasts no longer than some caller wants its response, and no call waits
//! for one that does not run.
//!
//! If the entry of a call's key is edited meanwhile, the call is detached:
//! calls that already wait get its response, as they began before the edit, and
//! later ones make another call. There may then be several calls of a key, of
//! which the latest is in the table.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::found::ErasedResponse;
use super::key::{Key, PrecomputedHashBuilder};
use crate::model::status::Status;

/// The outcome of a call, for all that waited. Errors are passed on as a
/// status, which every error converts to.
pub(super) type FlightOutcome = Result<ErasedResponse, Status>;

/// The channel to the waiting calls: `None` until the call completes; closed
/// if it was cancelled.
type OutcomeSender = watch::Sender<Option<FlightOutcome>>;

type Table = HashMap<Key, OutcomeSender, PrecomputedHashBuilder>;

/// The calls in flight that can be joined, by key.
#[derive(Default)]
pub(super) struct Flights(Mutex<Table>);

/// The role of a call for its key.
pub(super) enum Joined<'a> {
    /// It makes the call.
    Leader(Leader<'a>),
    /// It waits for the leader.
    Follower(Follower),
}

/// The call that others wait for. Dropping it cancels the call.
pub(super) struct Leader<'a> {
    flights: &'a Flights,
    key: Key,
    outcome: OutcomeSender,
}

/// A call that waits for the leader.
pub(super) struct Follower(watch::Receiver<Option<FlightOutcome>>);

impl Flights {
    /// Becomes the leader of this key, or the follower of the present one.
    pub(super) fn join(&self, key: &Key) -> Joined<'_> {
        match self.lock().entry(key.clone()) {
            Entry::Occupied(flight) => Joined::Follower(Follower(flight.get().subscribe())),
            Entry::Vacant(place) => {
                let outcome = watch::Sender::new(None);
                place.insert(outcome.clone());
                Joined::Leader(Leader {
                    flights: self,
                    key: key.clone(),
                    outcome,
                })
            }
        }
    }

    /// Detaches the call of this key: no other call joins it.
    pub(super) fn detach(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Detaches all calls in flight.
    pub(super) fn detach_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of calls that can be joined.
    #[cfg(all(test, not(kit_loom)))]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }
}

impl Leader<'_> {
    /// Whether the call was detached.
    pub(super) fn is_detached(&self) -> bool {
        !self.is_in(&self.flights.lock())
    }

    /// Whether the table has this call; another may be under its key.
    fn is_in(&self, flights: &Table) -> bool {
        let current = flights.get(&self.key);
        current.is_some_and(|current| current.same_channel(&self.outcome))
    }

    /// Whether any call waits for this one.
    pub(super) fn is_followed(&self) -> bool {
        self.outcome.receiver_count() > 0
    }

    /// Passes the outcome to the waiting calls. The next caller makes another
    /// call.
    pub(super) fn complete(self, outcome: FlightOutcome) {
        // The flight leaves the table before the outcome is sent: a caller that
        // receives it and calls again must not find the flight. `drop` does
        // the former, so the latter uses a sender of its own.
        let sender = self.outcome.clone();
        drop(self);
        sender.send_replace(Some(outcome));
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        // The sender of the table is dropped with its entry, our own after
        // this: then the followers learn that the call was cancelled.
        let mut flights = self.flights.lock();
        if self.is_in(&flights) {
            flights.remove(&self.key);
        }
    }
}

impl Follower {
    /// Waits for the outcome; `None` if the leader was cancelled.
    pub(super) async fn outcome(mut self) -> Option<FlightOutcome> {
        let outcome = self.0.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }
}
