//! What a cache has for a key, with its type and without.

use std::any::Any;
use std::sync::Arc;

/// What a cache has for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<V> {
    /// An answer that is good.
    Fresh(V),
    /// One whose time is over, but may be given while another is fetched.
    Stale(V),
    /// None.
    Nothing,
}

/// An answer of a type that is not known here.
pub(super) type Answer = Arc<dyn Any + Send + Sync>;

/// A clone of an answer: always there, as its type is part of its key.
#[inline]
pub(super) fn value<V: Clone + 'static>(answer: &Answer) -> Option<V> {
    answer.downcast_ref().cloned()
}
