//! What a cache is for its callers, in the plainest words.

use std::collections::BTreeMap;

use super::{Code, Found};

/// How a call ends for its caller.
pub(super) type End = Result<u32, Code>;

/// A cache and its calls, which are known by number.
#[derive(Default)]
pub(super) struct Model {
    pub(super) ttl: u64,
    pub(super) stale: u64,
    pub(super) coalesce: bool,
    /// In nanoseconds, as all times.
    pub(super) now: u64,
    /// The answer, until when it is fresh, and until when stale.
    pub(super) entries: BTreeMap<u8, (u32, u64, u64)>,
    calls: BTreeMap<usize, Call>,
    /// The calls that can be joined, by key.
    pub(super) flights: BTreeMap<u8, usize>,
    /// How the calls that were led ended; `None` where one was given up.
    landed: BTreeMap<usize, Option<End>>,
    edits: u64,
    pub(super) joined: u64,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    /// Asks for itself, since there had been that many edits by hand.
    Alone {
        key: u8,
        edits: u64,
    },
    /// Asks for all.
    Leads {
        key: u8,
        stale: Option<u32>,
    },
    Follows {
        key: u8,
        leader: usize,
    },
}

/// What can be seen of a call that was given its turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Ends(End),
    /// Its own call is under way.
    Asks,
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
            Found::Fresh(value) => return Seen::Ends(Ok(value)),
            Found::Stale(value) => Some(value),
            Found::Nothing => None,
        };
        if stale.is_none() && !self.coalesce {
            let edits = self.edits;
            self.calls.insert(call, Call::Alone { key, edits });
            return Seen::Asks;
        }
        let seen = self.join(call, key, stale);
        // Once a call, however many leaders go away.
        self.joined += u64::from(seen == Seen::Waits);
        seen
    }

    fn join(&mut self, call: usize, key: u8, stale: Option<u32>) -> Seen {
        if let Some(&leader) = self.flights.get(&key) {
            if let Some(stale) = stale {
                return Seen::Ends(Ok(stale));
            }
            self.calls.insert(call, Call::Follows { key, leader });
            return Seen::Waits;
        }
        if let Found::Fresh(value) = self.get(key, self.now) {
            return Seen::Ends(Ok(value));
        }
        self.flights.insert(key, call);
        self.calls.insert(call, Call::Leads { key, stale });
        Seen::Asks
    }

    /// What a caller asked has answered.
    pub(super) fn end(&mut self, call: usize, end: End) -> Seen {
        match self.calls.remove(&call) {
            Some(Call::Alone { key, edits }) => {
                if let (Ok(value), true) = (end, edits == self.edits) {
                    self.keep(key, value);
                }
                Seen::Ends(end)
            }
            Some(Call::Leads { key, stale }) => Seen::Ends(self.land(call, key, stale, end)),
            other => panic!("{other:?} asks nobody"),
        }
    }

    fn land(&mut self, call: usize, key: u8, stale: Option<u32>, end: End) -> End {
        let is_current = self.flights.get(&key) == Some(&call);
        match end {
            Ok(value) if is_current => self.keep(key, value),
            Err(Code::NotFound) if is_current => drop(self.entries.remove(&key)),
            _ => {}
        }
        let shared = match end {
            Err(Code::DeadlineExceeded | Code::Cancelled) => None,
            end => Some(end),
        };
        self.leave(call, key, shared);
        match (end, stale) {
            (Ok(_) | Err(Code::NotFound), _) | (_, None) => end,
            (_, Some(stale)) => Ok(stale),
        }
    }

    fn leave(&mut self, call: usize, key: u8, shared: Option<End>) {
        if self.flights.get(&key) == Some(&call) {
            self.flights.remove(&key);
        }
        self.landed.insert(call, shared);
    }

    /// A call looks whether what it waits for has happened.
    pub(super) fn turn(&mut self, call: usize) -> Seen {
        let Some(Call::Follows { key, leader }) = self.calls.get(&call).copied() else {
            return Seen::Asks;
        };
        match self.landed.get(&leader).copied() {
            None => Seen::Waits,
            Some(Some(end)) => {
                self.calls.remove(&call);
                Seen::Ends(end)
            }
            Some(None) => {
                self.calls.remove(&call);
                self.join(call, key, None)
            }
        }
    }

    pub(super) fn go_away(&mut self, call: usize) {
        if let Some(Call::Leads { key, .. }) = self.calls.remove(&call) {
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

    pub(super) fn asking(&self) -> Vec<usize> {
        let asks = |call: &Call| !matches!(call, Call::Follows { .. });
        let asking = self.calls.iter().filter(|(_, call)| asks(call));
        asking.map(|(&number, _)| number).collect()
    }
}
