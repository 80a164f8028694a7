//! Calls under way, so that equal ones can wait for one answer.
//!
//! The first caller of a key leads: it makes the call in its own task, and
//! tells all who wait how it ended. If it goes away before that, whoever is
//! first to notice leads in its place. So nothing is spawned, a call lasts no
//! longer than somebody wants its answer, and nobody waits for a call that
//! nobody makes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::status::Status;

/// How a call ended, for all who waited: errors travel as what every error
/// can become.
pub(super) type Landing<V> = Result<V, Status>;

/// The calls under way, by key.
#[derive(Debug)]
pub(super) struct Flights<K, V>(Mutex<HashMap<K, Waiting<V>>>);

/// Sees `None` until the call ends, and the end of the channel where it was
/// given up.
type Waiting<V> = watch::Receiver<Option<Landing<V>>>;

/// What to do about a key.
pub(super) enum Joined<'a, K: Hash + Eq, V> {
    /// Make the call.
    Leads(Leader<'a, K, V>),
    /// Wait for who makes it.
    Follows(Follower<V>),
}

/// Who makes the call. Dropping it gives the call up.
pub(super) struct Leader<'a, K: Hash + Eq, V> {
    flights: &'a Flights<K, V>,
    key: K,
    landing: watch::Sender<Option<Landing<V>>>,
}

/// Who waits for it.
pub(super) struct Follower<V>(Waiting<V>);

impl<K: Hash + Eq + Clone, V> Flights<K, V> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Leads the call of this key, or follows who does.
    pub(super) fn join(&self, key: &K) -> Joined<'_, K, V> {
        match self.lock().entry(key.clone()) {
            Entry::Occupied(flight) => Joined::Follows(Follower(flight.get().clone())),
            Entry::Vacant(place) => {
                let (landing, waiting) = watch::channel(None);
                place.insert(waiting);
                Joined::Leads(Leader {
                    flights: self,
                    key: key.clone(),
                    landing,
                })
            }
        }
    }
}

impl<K, V> Flights<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Waiting<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls are under way.
    #[cfg(all(test, not(kit_loom)))]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }
}

impl<K: Hash + Eq, V> Leader<'_, K, V> {
    /// Whether anybody waits for the call now.
    pub(super) fn is_followed(&self) -> bool {
        // One is the table's.
        self.landing.receiver_count() > 1
    }

    /// Tells those who wait how the call ended; the next caller makes another.
    pub(super) fn land(self, landing: Landing<V>) {
        // Out of the table before it is told: who hears of it and comes back
        // must not find it under way. `drop` does the first, so the second is
        // done after it with a sender of its own.
        let sender = self.landing.clone();
        drop(self);
        sender.send_replace(Some(landing));
    }
}

impl<K: Hash + Eq, V> Drop for Leader<'_, K, V> {
    fn drop(&mut self) {
        // The receiver of the table goes with its entry, the sender after
        // this.
        self.flights.lock().remove(&self.key);
    }
}

impl<V: Clone> Follower<V> {
    /// How the call ended; `None` where its leader went away.
    pub(super) async fn landing(mut self) -> Option<Landing<V>> {
        let landed = self.0.wait_for(Option::is_some).await.ok()?;
        landed.clone()
    }
}
