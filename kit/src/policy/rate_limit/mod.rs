//! So many calls in a time.
