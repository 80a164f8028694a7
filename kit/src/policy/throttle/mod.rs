//! Sends a failing peer only what it can take.
