//! Counters of the state changes of policies, for metrics.
//!
//! A core reports each change as an event. Here the changes are also counted,
//! in a table that all cores of one method share: clients are created and
//! dropped, and a counter must not fall when one is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::model::status::refusal::PolicyKind;

/// The number of times a policy of a method changed from one state to another
/// since the process started, over all its clients or servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChanges {
    /// The policy.
    pub policy: PolicyKind,
    /// The state before the change, as named in events.
    pub from: &'static str,
    /// The state after the change.
    pub to: &'static str,
    /// The number of changes.
    pub count: u64,
}

/// Counters of the changes between `STATES` states. Clones share the counters.
#[derive(Clone, Debug)]
pub(crate) struct ChangeCounts<const STATES: usize>(Arc<[[AtomicU64; STATES]; STATES]>);

impl<const STATES: usize> ChangeCounts<STATES> {
    /// Counts a change between two states, given by index.
    pub(crate) fn count(&self, from: usize, to: usize) {
        self.0[from][to].fetch_add(1, Relaxed);
    }

    /// Returns the changes with a count above zero, for a policy whose states
    /// have these names.
    pub(crate) fn read(
        &self,
        policy: PolicyKind,
        names: [&'static str; STATES],
    ) -> impl Iterator<Item = StateChanges> {
        let pairs = (0..STATES).flat_map(|from| (0..STATES).map(move |to| (from, to)));
        pairs
            .map(move |(from, to)| StateChanges {
                policy,
                from: names[from],
                to: names[to],
                count: self.0[from][to].load(Relaxed),
            })
            .filter(|changes| changes.count > 0)
    }
}

impl<const STATES: usize> Default for ChangeCounts<STATES> {
    fn default() -> Self {
        let row = |_| std::array::from_fn(|_| AtomicU64::new(0));
        Self(Arc::new(std::array::from_fn(row)))
    }
}
