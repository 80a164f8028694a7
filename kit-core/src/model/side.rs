//! The two ends of a call.

/// An end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The caller.
    Client,
    /// The service.
    Server,
}
