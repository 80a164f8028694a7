//! Typed details of a status, for programs.
//!
//! These are the messages of `google/rpc/error_details.proto`, which clients in
//! all languages understand. A detail may be any other message too: derive
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
//! let detail: BadRequest = status.detail().expect("the detail of that type");
//! assert_eq!(detail.field_violations[0].field, "price.currency");
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use crate::codec::proto::Message;
use crate::model::status::{Detail, Status};

/// The prefix of a message's name in its type URL.
const TYPE_URLS: &str = "type.googleapis.com/";

impl Detail {
    /// A detail from a message.
    pub fn new<T: Message>(message: &T) -> Self {
        Self {
            type_url: format!("{TYPE_URLS}{}", T::NAME),
            value: message.to_bytes(),
        }
    }

    /// Decodes the message, if it is a `T`; `None` if it is not, or is invalid.
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

/// The reason of a failure, stable within a domain.
///
/// kit sends it for [`Status::reason`] and [`Status::fields`].
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.ErrorInfo")]
pub struct ErrorInfo {
    /// The reason, unique within the domain.
    pub reason: String,
    /// The owner of the reason: the name of a service.
    pub domain: String,
    /// Values that belong to the reason.
    pub metadata: BTreeMap<String, String>,
}

/// When to retry.
///
/// kit sends it for [`Status::retry_after`].
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.RetryInfo")]
pub struct RetryInfo {
    /// How long to wait before the next attempt.
    pub retry_delay: Duration,
}

/// Internal debugging information; not for callers outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.DebugInfo")]
pub struct DebugInfo {
    /// The stack trace, innermost first.
    pub stack_entries: Vec<String>,
    /// Additional information.
    pub detail: String,
}

/// The quotas that are used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.QuotaFailure")]
pub struct QuotaFailure {
    /// One for each quota.
    pub violations: Vec<QuotaViolation>,
}

/// A quota that is used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.QuotaViolation")]
pub struct QuotaViolation {
    /// The owner of the quota, as in `client:10.0.0.7` or `project:blue`.
    pub subject: String,
    /// A description, and what to do.
    pub description: String,
    /// The service that has the quota.
    pub api_service: String,
    /// The metric that is counted.
    pub quota_metric: String,
    /// The id of the quota.
    pub quota_id: String,
    /// The dimensions of the quota.
    pub quota_dimensions: BTreeMap<String, String>,
    /// The value of the quota at the time.
    pub quota_value: i64,
    /// The value that is being rolled out.
    pub future_quota_value: Option<i64>,
}

/// The conditions that are not met.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.PreconditionFailure")]
pub struct PreconditionFailure {
    /// One for each condition.
    pub violations: Vec<PreconditionViolation>,
}

/// A condition that is not met.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.PreconditionViolation")]
pub struct PreconditionViolation {
    /// The kind of condition, as in `TOS`.
    pub r#type: String,
    /// The subject of the condition, as in `example.com/terms`.
    pub subject: String,
    /// A description of the violation, and what to do.
    pub description: String,
}

/// The fields of a request that are invalid.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.BadRequest")]
pub struct BadRequest {
    /// One for each violation.
    pub field_violations: Vec<FieldViolation>,
}

/// A violation in one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.FieldViolation")]
pub struct FieldViolation {
    /// The path of the field, as in `items[2].price`.
    pub field: String,
    /// Why the field is invalid.
    pub description: String,
    /// A stable name of the violation, as in `INVALID_CURRENCY`.
    pub reason: String,
    /// A message for the user.
    pub localized_message: Option<LocalizedMessage>,
}

/// The identification of a request, for bug reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.RequestInfo")]
pub struct RequestInfo {
    /// The request's id.
    pub request_id: String,
    /// Opaque data that only the server can read.
    pub serving_data: String,
}

/// The resource that a failure is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.ResourceInfo")]
pub struct ResourceInfo {
    /// The type of the resource, as in `item`.
    pub resource_type: String,
    /// Its name.
    pub resource_name: String,
    /// Its owner.
    pub owner: String,
    /// A description of the failed access.
    pub description: String,
}

/// Links to documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.Help")]
pub struct Help {
    /// The links.
    pub links: Vec<Link>,
}

/// A link to documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.Link")]
pub struct Link {
    /// A description of the page.
    pub description: String,
    /// The URL.
    pub url: String,
}

/// A message for the user, in a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.LocalizedMessage")]
pub struct LocalizedMessage {
    /// The language, as in `en-GB`.
    pub locale: String,
    /// The text.
    pub message: String,
}
