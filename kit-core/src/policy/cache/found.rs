//! The result of a lookup, typed and type-erased.

use std::any::Any;
use std::sync::Arc;

/// The result of a lookup in a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<V> {
    /// A fresh response.
    Fresh(V),
    /// A stale response, which may be used while another is fetched.
    Stale(V),
    /// No response.
    Nothing,
}

/// A type-erased response.
pub(super) type ErasedResponse = Arc<dyn Any + Send + Sync>;

/// Clones the value of a response; never `None`, as its type is part of its
/// key.
#[inline]
pub(super) fn value<V: Clone + 'static>(response: &ErasedResponse) -> Option<V> {
    response.downcast_ref().cloned()
}
