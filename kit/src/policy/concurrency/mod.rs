//! So many calls at once.
