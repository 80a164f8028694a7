//! Calls under way, so that equal ones can wait for one answer.
//!
//! The first caller of a key leads: it makes the call in its own task, and
//! tells all who wait how it ended. If it goes away before that, whoever is
//! first to notice leads in its place. So nothing is spawned, a call lasts no
//! longer than somebody wants its answer, and nobody waits for a call that
//! nobody makes.
//!
//! A call whose key is edited by hand meanwhile is detached: those who wait for it
//! already get its answer, as they came before, and who comes later makes
//! another call. There may then be several calls of a key, of which the last is
//! in the table.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::found::Answer;
use super::key::{AsHashed, Key};
use crate::model::status::Status;

/// How a call ended, for all who waited: errors travel as what every error
/// can become.
pub(super) type Landing = Result<Answer, Status>;

/// Tells those who wait: `None` until the call ends, and the end of the
/// channel where it was given up.
type Tells = watch::Sender<Option<Landing>>;

type Table = HashMap<Key, Tells, AsHashed>;

/// The calls under way that can be joined, by key.
#[derive(Default)]
pub(super) struct Flights(Mutex<Table>);

/// What to do about a key.
pub(super) enum Joined<'a> {
    /// Make the call.
    Leads(Leader<'a>),
    /// Wait for who makes it.
    Follows(Follower),
}

/// Who makes the call. Dropping it gives the call up.
pub(super) struct Leader<'a> {
    flights: &'a Flights,
    key: Key,
    landing: Tells,
}

/// Who waits for it.
pub(super) struct Follower(watch::Receiver<Option<Landing>>);

impl Flights {
    /// Leads the call of this key, or follows who does.
    pub(super) fn join(&self, key: &Key) -> Joined<'_> {
        match self.lock().entry(key.clone()) {
            Entry::Occupied(flight) => Joined::Follows(Follower(flight.get().subscribe())),
            Entry::Vacant(place) => {
                let landing = watch::Sender::new(None);
                place.insert(landing.clone());
                Joined::Leads(Leader {
                    flights: self,
                    key: key.clone(),
                    landing,
                })
            }
        }
    }

    /// Nobody joins the call of this key any more.
    pub(super) fn detach(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Nobody joins any call that is under way now.
    pub(super) fn detach_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls can be joined.
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

    /// What is in the table under its key may be another's.
    fn is_in(&self, flights: &Table) -> bool {
        let current = flights.get(&self.key);
        current.is_some_and(|current| current.same_channel(&self.landing))
    }

    /// Whether anybody waits for the call now.
    pub(super) fn is_followed(&self) -> bool {
        self.landing.receiver_count() > 0
    }

    /// Tells those who wait how the call ended; the next caller makes another.
    pub(super) fn land(self, landing: Landing) {
        // Out of the table before it is told: who hears of it and comes back
        // must not find it under way. `drop` does the first, so the second is
        // done after it with a sender of its own.
        let sender = self.landing.clone();
        drop(self);
        sender.send_replace(Some(landing));
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        // The sender of the table goes with its entry, our own after this:
        // then those who wait know that the call was given up.
        let mut flights = self.flights.lock();
        if self.is_in(&flights) {
            flights.remove(&self.key);
        }
    }
}

impl Follower {
    /// How the call ended; `None` where its leader went away.
    pub(super) async fn landing(mut self) -> Option<Landing> {
        let landed = self.0.wait_for(Option::is_some).await.ok()?;
        landed.clone()
    }
}
