//! How often policies went from one state to another, for metrics.
//!
//! A core tells each change by an event. Here it counts them, in a table that
//! the cores of one method share: clients come and go, and a counter must not
//! fall when one goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::model::status::refusal::PolicyKind;

/// How often a policy of a method went from one state to another, since the
/// process began; all clients or servers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChanges {
    /// The policy.
    pub policy: PolicyKind,
    /// The name of the state that ended, as events have it.
    pub from: &'static str,
    /// The name of the state that began.
    pub to: &'static str,
    /// How often.
    pub count: u64,
}

/// Counts of changes between so many states. Clones are the same counts.
#[derive(Clone, Debug)]
pub(crate) struct ChangeCounts<const STATES: usize>(Arc<[[AtomicU64; STATES]; STATES]>);

impl<const STATES: usize> ChangeCounts<STATES> {
    /// Counts a change between two states, by their numbers.
    pub(crate) fn count(&self, from: usize, to: usize) {
        self.0[from][to].fetch_add(1, Relaxed);
    }

    /// The changes that there were, of a policy whose states are named so.
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
