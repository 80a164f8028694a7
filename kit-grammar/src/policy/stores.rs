//! The names of the stores that can count rate limits.

/// The `store` of a rate limit that is counted in the process itself.
pub const LOCAL_STORE: &str = "local";

/// The shared stores that are adapters of kit. Each is a cargo feature of the
/// same name, and unavailable without it.
pub const ADAPTER_STORES: &[&str] = &["redis"];
