//! What a program may want to know of a failure besides its code.
//!
//! These are the messages of `google/rpc/error_details.proto`, which clients in
//! every language understand. Any message of your own will do as well: derive
//! [`Message`] and give it its package.
//!
//! ```
//! use kit::Status;
//! use kit::details::{BadRequest, FieldViolation};
//!
//! let status = Status::invalid_argument("no such currency").with_detail(&BadRequest {
//!     field_violations: vec![FieldViolation {
//!         field: "price.currency".into(),
//!         description: "`XYZ` is not in ISO 4217".into(),
//!         ..FieldViolation::default()
//!     }],
//! });
//! let detail: BadRequest = status.detail().expect("it was put there");
//! assert_eq!(detail.field_violations[0].field, "price.currency");
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use crate::codec::proto::Message;
use crate::model::status::{Detail, Status};

/// What stands before the name of a message in the URL of its type.
const TYPE_URLS: &str = "type.googleapis.com/";

impl Detail {
    /// A message as a detail.
    pub fn new<T: Message>(message: &T) -> Self {
        Self {
            type_url: format!("{TYPE_URLS}{}", T::NAME),
            value: message.to_bytes(),
        }
    }

    /// The message, where it is a `T` and can be read.
    pub fn to<T: Message>(&self) -> Option<T> {
        if self.type_name() != T::NAME {
            return None;
        }
        T::decode(self.value.clone()).ok()
    }

    /// The name of the message, as in `google.rpc.RetryInfo`.
    pub fn type_name(&self) -> &str {
        match self.type_url.rsplit_once('/') {
            Some((_, name)) => name,
            None => &self.type_url,
        }
    }
}

impl Status {
    /// Adds a typed detail.
    #[must_use]
    pub fn with_detail<T: Message>(self, detail: &T) -> Self {
        self.with_raw_detail(Detail::new(detail))
    }

    /// The first detail that is a `T`.
    pub fn detail<T: Message>(&self) -> Option<T> {
        self.details().iter().find_map(Detail::to)
    }
}

/// Why a call failed, in words that are stable within a domain.
///
/// kit writes it itself from [`Status::reason`] and [`Status::fields`].
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.ErrorInfo")]
pub struct ErrorInfo {
    /// The reason, unique within the domain.
    pub reason: String,
    /// Who the reason belongs to: a service's name.
    pub domain: String,
    /// Values that belong to the reason.
    pub metadata: BTreeMap<String, String>,
}

/// When to try again.
///
/// kit writes it itself from [`Status::retry_after`].
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.RetryInfo")]
pub struct RetryInfo {
    /// How long to wait before the next try.
    pub retry_delay: Duration,
}

/// What went wrong inside; not for strangers.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.DebugInfo")]
pub struct DebugInfo {
    /// The stack, innermost first.
    pub stack_entries: Vec<String>,
    /// Anything else.
    pub detail: String,
}

/// Which quotas are used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.QuotaFailure")]
pub struct QuotaFailure {
    /// One per quota.
    pub violations: Vec<QuotaViolation>,
}

/// A quota that is used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.QuotaViolation")]
pub struct QuotaViolation {
    /// Whose quota, as in `client:10.0.0.7` or `project:blue`.
    pub subject: String,
    /// What it is, and what to do.
    pub description: String,
    /// The service that keeps the quota.
    pub api_service: String,
    /// What is counted.
    pub quota_metric: String,
    /// The quota's own name.
    pub quota_id: String,
    /// The dimensions that it is kept by.
    pub quota_dimensions: BTreeMap<String, String>,
    /// The quota at the time.
    pub quota_value: i64,
    /// The quota that is being rolled out.
    pub future_quota_value: Option<i64>,
}

/// Which conditions do not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.PreconditionFailure")]
pub struct PreconditionFailure {
    /// One per condition.
    pub violations: Vec<PreconditionViolation>,
}

/// A condition that does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.PreconditionViolation")]
pub struct PreconditionViolation {
    /// The kind of condition, as in `TOS`.
    pub r#type: String,
    /// What it is about, as in `example.com/terms`.
    pub subject: String,
    /// What is wrong, and what to do.
    pub description: String,
}

/// Which fields of a request are wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.BadRequest")]
pub struct BadRequest {
    /// One per mistake.
    pub field_violations: Vec<FieldViolation>,
}

/// A mistake in one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.FieldViolation")]
pub struct FieldViolation {
    /// The path of the field, as in `items[2].price`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
    /// The same in a stable word, as in `INVALID_CURRENCY`.
    pub reason: String,
    /// The same for the person at the screen.
    pub localized_message: Option<LocalizedMessage>,
}

/// What to quote in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.RequestInfo")]
pub struct RequestInfo {
    /// The request's id.
    pub request_id: String,
    /// What only its server can read.
    pub serving_data: String,
}

/// What the failure is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.ResourceInfo")]
pub struct ResourceInfo {
    /// The kind of thing, as in `item`.
    pub resource_type: String,
    /// Its name.
    pub resource_name: String,
    /// Whose it is.
    pub owner: String,
    /// What was to be done with it.
    pub description: String,
}

/// Where to read on.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.Help")]
pub struct Help {
    /// The pages.
    pub links: Vec<Link>,
}

/// A page to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.Link")]
pub struct Link {
    /// What it is about.
    pub description: String,
    /// Where it is.
    pub url: String,
}

/// A message for the person at the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.LocalizedMessage")]
pub struct LocalizedMessage {
    /// The language, as in `en-GB`.
    pub locale: String,
    /// The text.
    pub message: String,
}
