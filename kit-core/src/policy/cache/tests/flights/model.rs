//! A simple cache as its callers see it, to compare with.

use std::collections::BTreeMap;

use super::{Code, Found};

/// The outcome of a call for its caller.
pub(super) type Outcome = Result<u32, Code>;

/// A cache and its calls, by number.
#[derive(Default)]
pub(super) struct Model {
    pub(super) ttl: u64,
    pub(super) stale: u64,
    pub(super) coalesce: bool,
    /// In nanoseconds, as all times.
    pub(super) now: u64,
    /// The response, and the times until which it is fresh and stale.
    pub(super) entries: BTreeMap<u8, (u32, u64, u64)>,
    calls: BTreeMap<usize, Call>,
    /// The calls that can be joined, by key.
    pub(super) flights: BTreeMap<u8, usize>,
    /// The outcomes of the completed leaders; `None` if one was cancelled.
    completed: BTreeMap<usize, Option<Outcome>>,
    edits: u64,
    pub(super) joined: u64,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    /// Fetches for its caller and the cache, with the number of edits when it
    /// started.
    Alone {
        key: u8,
        edits: u64,
    },
    /// Fetches for all waiting calls too.
    Leader {
        key: u8,
        stale: Option<u32>,
    },
    Follower {
        key: u8,
        leader: usize,
    },
}

/// What can be seen of a call when it is polled.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Completes(Outcome),
    /// Its own call is in flight.
    Fetches,
    Waits,
}

impl Model {
    pub(super) fn get(&self, key: u8, now: u64) -> Found<u32> {
        match self.entries.get(&key) {
            Some((value, fresh, _)) if now < *fresh => Found::Fresh(*value),
            Some((value, _, stale)) if now < *stale => Found::Stale(*value),
            _ => Found::Nothing,
        }
    }

    pub(super) fn insert(&mut self, key: u8, value: u32) {
        self.edits += 1;
        self.flights.remove(&key);
        self.keep(key, value);
    }

    /// Draws what the cache draws, from the same seed.
    fn keep(&mut self, key: u8, value: u32) {
        let part = self.ttl / 20;
        let fresh = self.now + self.ttl - part + fastrand::u64(0..=2 * part);
        self.entries.insert(key, (value, fresh, fresh + self.stale));
    }

    pub(super) fn begin(&mut self, call: usize, key: u8) -> Seen {
        let stale = match self.get(key, self.now) {
            Found::Fresh(value) => return Seen::Completes(Ok(value)),
            Found::Stale(value) => Some(value),
            Found::Nothing => None,
        };
        if stale.is_none() && !self.coalesce {
            let edits = self.edits;
            self.calls.insert(call, Call::Alone { key, edits });
            return Seen::Fetches;
        }
        let seen = self.join(call, key, stale);
        // Counted once for each call, however many leaders go away.
        self.joined += u64::from(seen == Seen::Waits);
        seen
    }

    fn join(&mut self, call: usize, key: u8, stale: Option<u32>) -> Seen {
        if let Some(&leader) = self.flights.get(&key) {
            if let Some(stale) = stale {
                return Seen::Completes(Ok(stale));
            }
            self.calls.insert(call, Call::Follower { key, leader });
            return Seen::Waits;
        }
        if let Found::Fresh(value) = self.get(key, self.now) {
            return Seen::Completes(Ok(value));
        }
        self.flights.insert(key, call);
        self.calls.insert(call, Call::Leader { key, stale });
        Seen::Fetches
    }

    /// Completes the fetch of a call.
    pub(super) fn complete(&mut self, call: usize, outcome: Outcome) -> Seen {
        match self.calls.remove(&call) {
            Some(Call::Alone { key, edits }) => {
                if let (Ok(value), true) = (outcome, edits == self.edits) {
                    self.keep(key, value);
                }
                Seen::Completes(outcome)
            }
            Some(Call::Leader { key, stale }) => {
                Seen::Completes(self.complete_leader(call, key, stale, outcome))
            }
            other => panic!("{other:?} does not fetch"),
        }
    }

    fn complete_leader(
        &mut self,
        call: usize,
        key: u8,
        stale: Option<u32>,
        outcome: Outcome,
    ) -> Outcome {
        let is_current = self.flights.get(&key) == Some(&call);
        match outcome {
            Ok(value) if is_current => self.keep(key, value),
            Err(Code::NotFound) if is_current => drop(self.entries.remove(&key)),
            _ => {}
        }
        let shared = match outcome {
            Err(Code::DeadlineExceeded | Code::Cancelled) => None,
            outcome => Some(outcome),
        };
        self.leave(call, key, shared);
        match (outcome, stale) {
            (Ok(_) | Err(Code::NotFound), _) | (_, None) => outcome,
            (_, Some(stale)) => Ok(stale),
        }
    }

    fn leave(&mut self, call: usize, key: u8, shared: Option<Outcome>) {
        if self.flights.get(&key) == Some(&call) {
            self.flights.remove(&key);
        }
        self.completed.insert(call, shared);
    }

    /// Polls a call.
    pub(super) fn poll(&mut self, call: usize) -> Seen {
        let Some(Call::Follower { key, leader }) = self.calls.get(&call).copied() else {
            return Seen::Fetches;
        };
        match self.completed.get(&leader).copied() {
            None => Seen::Waits,
            Some(Some(outcome)) => {
                self.calls.remove(&call);
                Seen::Completes(outcome)
            }
            Some(None) => {
                self.calls.remove(&call);
                self.join(call, key, None)
            }
        }
    }

    pub(super) fn cancel(&mut self, call: usize) {
        if let Some(Call::Leader { key, .. }) = self.calls.remove(&call) {
            self.leave(call, key, None);
        }
    }

    pub(super) fn remove(&mut self, key: u8) {
        self.edits += 1;
        self.entries.remove(&key);
        self.flights.remove(&key);
    }

    pub(super) fn clear(&mut self) {
        self.edits += 1;
        self.entries.clear();
        self.flights.clear();
    }

    pub(super) fn fetching(&self) -> Vec<usize> {
        let fetches = |call: &Call| !matches!(call, Call::Follower { .. });
        let fetching = self.calls.iter().filter(|(_, call)| fetches(call));
        fetching.map(|(&number, _)| number).collect()
    }
}
