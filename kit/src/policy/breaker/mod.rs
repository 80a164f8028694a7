//! Refuses calls to a peer that keeps failing.
