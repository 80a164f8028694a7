//! What a service reports of itself: metrics, and events for its log.

#[cfg(all(test, not(kit_loom)))]
pub(crate) mod event_recorder;
pub(crate) mod metrics;
