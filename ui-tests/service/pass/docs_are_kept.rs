#![deny(warnings, missing_docs)]
//! A crate in which every item has documentation.

struct Basic;

/// Adds numbers.
///
/// It knows `"quotes"`, {braces} and \ backslashes.
#[kit::service]
#[doc = "And a line from an attribute."]
pub trait Add {
    /// Sums two integers.
    ///
    /// # Errors
    /// None.
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

/// Runs the case.
pub fn main() {
    assert_eq!(
        add::DESCRIPTOR.docs,
        "Adds numbers.\n\nIt knows `\"quotes\"`, {braces} and \\ backslashes.\nAnd a line from an attribute.",
    );
    assert_eq!(add::DESCRIPTOR.methods[0].meta.docs, "Sums two integers.\n\n# Errors\nNone.");
    let _ = AddClient::local(Basic);
}
