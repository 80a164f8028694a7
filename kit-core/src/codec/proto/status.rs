//! A status as `google.rpc.Status`, which gRPC carries in
//! `grpc-status-details-bin`.
//!
//! The members of a [`Status`] are encoded as Google's types: reason and fields as
//! an `ErrorInfo`, the retry delay as a `RetryInfo`. Decoding turns them into
//! members again, not details, so that a status is the same over every transport.
//! A detail in a form that kit does not write (another service's `ErrorInfo`) is
//! decoded *and* kept, so that a service forwards it unchanged.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::details::{ErrorInfo, RetryInfo};
use crate::codec::proto::{DecodeError, Message};
use crate::model::code::Code;
use crate::model::status::{Detail, Status};

/// `google.rpc.Status`.
#[derive(Clone, Debug, PartialEq, Eq, kit::Message)]
#[kit(name = "google.rpc.Status")]
struct RpcStatus {
    code: i32,
    message: String,
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, Debug, PartialEq, Eq, kit::Message)]
#[kit(name = "google.protobuf.Any")]
struct Any {
    type_url: String,
    value: Bytes,
}

impl Status {
    /// The status as `google.rpc.Status`, or `None` if it has only a code and a
    /// message; `domain` is the name of the service that sends it.
    pub(crate) fn to_rpc(&self, domain: &str) -> Option<Bytes> {
        let info = self.error_info(domain);
        let retry = self.retry_info();
        if info.is_none() && retry.is_none() && self.details().is_empty() {
            return None;
        }
        let own = info.as_ref().map(Detail::new);
        let retry = retry.as_ref().map(Detail::new);
        let raw = self.details().iter().cloned();
        let details = own.into_iter().chain(raw).chain(retry).map(|detail| Any {
            type_url: detail.type_url,
            value: detail.value,
        });
        let status = RpcStatus {
            code: i32::from(self.code().number()),
            message: self.message().to_owned(),
            details: details.collect(),
        };
        Some(status.to_bytes())
    }

    /// The status from a received `google.rpc.Status`; `domain` is the name of the
    /// service that was called.
    pub(crate) fn from_rpc(bytes: Bytes, domain: &str) -> Result<Self, DecodeError> {
        let RpcStatus {
            code,
            message,
            details,
        } = RpcStatus::decode(bytes)?;
        // A negative number is not a valid code either.
        let mut status = Self::new(Code::from_number(code as u32), message);
        for Any { type_url, value } in details {
            status = status.with_received(Detail { type_url, value }, domain);
        }
        Ok(status)
    }

    fn with_received(mut self, detail: Detail, domain: &str) -> Self {
        if self.reason().is_none()
            && let Some(info) = detail.to::<ErrorInfo>()
        {
            for (name, value) in fields_of(&info) {
                self = self.with_field(name, value);
            }
            self = self.with_reason(info.reason.clone());
            if written_for(domain, &self).as_ref() == Some(&info) {
                return self;
            }
        } else if self.retry_after().is_none()
            && let Some(RetryInfo { retry_delay }) = detail.to()
        {
            return self.with_retry_after(retry_delay);
        }
        self.with_raw_detail(detail)
    }

    /// The reason and the fields, unless a forwarded detail of another service has
    /// exactly those.
    fn error_info(&self, domain: &str) -> Option<ErrorInfo> {
        let info = written_for(domain, self)?;
        let forwarded = self.details().iter().find_map(Detail::to::<ErrorInfo>);
        let duplicate = forwarded.is_some_and(|other| {
            other.reason == info.reason
                && fields_of(&other).all(|(name, value)| self.field(&name) == Some(&value))
                && other.metadata.len() == info.metadata.len()
        });
        (!duplicate).then_some(info)
    }

    fn retry_info(&self) -> Option<RetryInfo> {
        // It can't express "never"; `grpc-retry-pushback-ms` can.
        let retry_delay = self.retry_after().filter(|wait| *wait != Duration::MAX)?;
        Some(RetryInfo { retry_delay })
    }
}

/// The `ErrorInfo` that kit writes for a reason and its fields.
fn written_for(domain: &str, status: &Status) -> Option<ErrorInfo> {
    let mut info = ErrorInfo {
        reason: status.reason()?.to_owned(),
        domain: domain.to_owned(),
        ..ErrorInfo::default()
    };
    for (name, value) in status.fields() {
        info.metadata.insert(name.to_owned(), value.to_string());
    }
    Some(info)
}

/// The fields of an `ErrorInfo`: those of kit are JSON, others are any text.
fn fields_of(info: &ErrorInfo) -> impl Iterator<Item = (String, Value)> {
    info.metadata.iter().map(|(name, text)| {
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        (name.clone(), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::Help;

    const DOMAIN: &str = "pb.Add";

    fn round_trip(status: &Status) -> Status {
        let bytes = status.to_rpc(DOMAIN).expect("a status with details");
        Status::from_rpc(bytes, DOMAIN).expect("the bytes of a status")
    }

    #[test]
    fn code_and_message_need_no_details() {
        assert_eq!(Status::not_found("no item").to_rpc(DOMAIN), None);
    }

    #[test]
    fn reason_fields_details_and_wait_round_trip() {
        let help = Help::default();
        let status = Status::resource_exhausted("too long")
            .with_reason("TooLong")
            .with_field("limit", 10)
            .with_field("kind", "concat")
            .with_field("of", serde_json::json!(["a", null]))
            .with_detail(&help)
            .with_retry_after(Duration::from_millis(1500));
        let received = round_trip(&status);
        assert_eq!(received.code(), Code::ResourceExhausted);
        assert_eq!(received.message(), "too long");
        assert_eq!(received.reason(), Some("TooLong"));
        assert_eq!(received.field("limit"), Some(&10.into()));
        assert_eq!(received.field("kind"), Some(&"concat".into()));
        assert_eq!(received.field("of"), Some(&serde_json::json!(["a", null])));
        assert_eq!(received.retry_after(), Some(Duration::from_millis(1500)));
        assert_eq!(received.details(), status.details());
    }

    #[test]
    fn the_bytes_are_those_of_google_rpc_status() {
        let status = Status::not_found("no").with_reason("Gone");
        let info = b"\x0a\x04Gone\x12\x06pb.Add";
        let url = b"type.googleapis.com/google.rpc.ErrorInfo";
        let mut any = vec![0x0a, url.len() as u8];
        any.extend_from_slice(url);
        any.extend([0x12, info.len() as u8]);
        any.extend_from_slice(info);
        let mut expected = b"\x08\x05\x12\x02no\x1a".to_vec();
        expected.push(any.len() as u8);
        expected.extend(any);
        assert_eq!(status.to_rpc(DOMAIN).as_deref(), Some(&expected[..]));
    }

    #[test]
    fn error_info_of_another_service_is_forwarded_unchanged() {
        let info = ErrorInfo {
            reason: "API_DISABLED".into(),
            domain: "googleapis.com".into(),
            metadata: [("consumer".into(), "projects/7".into())].into(),
        };
        let status = round_trip(&Status::permission_denied("no").with_detail(&info));
        assert_eq!(status.reason(), Some("API_DISABLED"));
        assert_eq!(status.field("consumer"), Some(&"projects/7".into()));
        assert_eq!(status.detail(), Some(info.clone()));

        let again = round_trip(&status);
        assert_eq!(again.details(), [Detail::new(&info)]);
        assert_eq!(again.reason(), Some("API_DISABLED"));
    }

    #[test]
    fn undecodable_detail_is_kept_unchanged() {
        let broken = Detail {
            type_url: "type.googleapis.com/google.rpc.RetryInfo".into(),
            value: Bytes::from_static(b"\xff"),
        };
        let status = round_trip(&Status::unavailable("").with_raw_detail(broken.clone()));
        assert_eq!(status.details(), [broken]);
        assert_eq!(status.retry_after(), None);
    }

    #[test]
    fn invalid_code_number_is_unknown() {
        let bytes = Bytes::from_static(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        let status = Status::from_rpc(bytes, DOMAIN).expect("a valid message");
        assert_eq!(status.code(), Code::Unknown);
    }
}
