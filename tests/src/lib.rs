//! What the integration suite's modules share; the tests themselves are in
//! `tests/`.
