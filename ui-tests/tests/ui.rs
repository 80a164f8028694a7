//! Compiles every wrong case, and compares what a person would read.
//!
//! All are one project of trybuild, which compiles its dependencies once and
//! all cases in one go; a single case that should pass would make it build
//! them one by one, so those stand in `tests/pass.rs`. `TRYBUILD=overwrite`
//! records the messages anew; read each as the person who made the mistake.

#[test]
fn every_wrong_case_is_refused_with_its_message() {
    trybuild::TestCases::new().compile_fail("*/fail/*.rs");
}
