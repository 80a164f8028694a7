//! Answers in place of a failure.
