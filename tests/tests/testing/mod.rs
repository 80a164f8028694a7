//! The test doubles of `kit::testing`.

mod doubles;
