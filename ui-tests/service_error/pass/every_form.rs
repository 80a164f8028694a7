#![deny(warnings, missing_docs)]
//! Every form of variant.

use kit::{Code, ServiceError, Status};

/// Every form of error.
#[derive(Debug, thiserror::Error, ServiceError)]
pub enum AddError {
    /// Nothing was given.
    #[error("can't sum two zeroes")]
    #[status(invalid_argument)]
    TwoZeroes,
    /// Too much was given.
    #[error("result exceeds {limit} characters")]
    #[status(resource_exhausted, http = 400)]
    TooLong {
        /// How many there may be.
        limit: u32,
    },
    /// A pair.
    #[error("{0} is not {1:?}")]
    #[status(failed_precondition)]
    Differs(i64, Option<String>),
    /// A variant whose name is a keyword.
    #[error("{type}", type = r#type)]
    #[status(out_of_range)]
    Raw {
        /// A raw field.
        r#type: String,
    },
    /// An old one.
    #[deprecated]
    #[error("old")]
    #[status(unimplemented)]
    Old,
    /// Everything else.
    #[error(transparent)]
    Status(#[from] Status),
}

fn travel(error: AddError) -> AddError {
    AddError::from_status(error.into_status())
}

/// Runs the case.
pub fn main() {
    let long = AddError::TooLong { limit: 10 };
    assert_eq!(long.code(), Code::ResourceExhausted);
    let status = long.into_status();
    assert_eq!(status.http_status(), 400);
    assert_eq!(status.reason(), Some("TooLong"));
    assert_eq!(status.message(), "result exceeds 10 characters");

    assert!(matches!(travel(AddError::TwoZeroes), AddError::TwoZeroes));
    assert!(matches!(
        travel(AddError::TooLong { limit: 10 }),
        AddError::TooLong { limit: 10 }
    ));
    assert!(matches!(
        travel(AddError::Differs(-1, Some("a".into()))),
        AddError::Differs(-1, Some(a)) if a == "a"
    ));
    assert!(matches!(travel(AddError::Raw { r#type: "t".into() }), AddError::Raw { r#type } if r#type == "t"));

    // With a missing or invalid field the status is kept.
    let status = Status::resource_exhausted("too long")
        .with_reason("TooLong")
        .with_field("limit", "ten");
    let AddError::Status(status) = AddError::from_status(status) else {
        panic!("`ten` is not a `u32`");
    };
    assert_eq!(status.field("limit"), Some(&"ten".into()));

    // An error of the same name from another service does not match.
    let status = Status::internal("no").with_reason("TwoZeroes");
    assert!(matches!(AddError::from_status(status), AddError::Status(_)));

    assert_eq!(AddError::CASES.len(), 5);
    assert_eq!(AddError::CASES[1].http_status, 400);
    assert_eq!(AddError::CASES[1].docs, "Too much was given.");
}
