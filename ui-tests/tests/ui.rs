//! Compiles every case, and compares what a person would read.
//!
//! One `TestCases` for all: trybuild then builds them as one project, whose
//! dependencies are compiled once. `TRYBUILD=overwrite` records the messages
//! anew; read each as the person who made the mistake.

#[test]
fn every_case_compiles_or_is_refused_with_its_message() {
    let cases = trybuild::TestCases::new();
    cases.pass("*/pass/*.rs");
    cases.compile_fail("*/fail/*.rs");
}
