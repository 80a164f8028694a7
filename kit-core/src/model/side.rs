//! The two ends of a call.

/// Which end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The end that calls.
    Client,
    /// The end that answers.
    Server,
}
