//! The names of the canonical codes.

/// The codes that a failure can have, in the order of their numbers.
///
/// `ok` is not among them: a policy asks which failures it is about.
pub const CODES: &[&str] = &[
    "cancelled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
];
