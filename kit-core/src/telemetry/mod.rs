//! Telemetry: metrics, and the recording of policy events in tests.

#[cfg(all(test, not(kit_loom)))]
pub(crate) mod event_recorder;
pub(crate) mod metrics;
