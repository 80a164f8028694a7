//! Conversions between kit's types and tonic's: statuses with their details,
//! codes, metadata. With them, code written for one can call the other.

use bytes::Bytes;
use tonic::metadata::MetadataMap;

use crate::model::code::Code;
use crate::model::metadata::Metadata;
use crate::model::status::Status;

impl From<tonic::Code> for Code {
    fn from(code: tonic::Code) -> Self {
        // The numbers of both are the protocol's.
        Self::from_number(i32::from(code).unsigned_abs())
    }
}

impl From<Code> for tonic::Code {
    fn from(code: Code) -> Self {
        Self::from_i32(i32::from(code.number()))
    }
}

impl From<MetadataMap> for Metadata {
    fn from(metadata: MetadataMap) -> Self {
        Self::from(metadata.into_headers())
    }
}

impl From<Metadata> for MetadataMap {
    fn from(metadata: Metadata) -> Self {
        Self::from_headers(metadata.into_headers())
    }
}

/// Details that hold a `google.rpc.Status` become the reason, the fields and
/// the details; any others are dropped, as their type is unknown.
impl From<tonic::Status> for Status {
    fn from(mut status: tonic::Status) -> Self {
        let code = Code::from(status.code());
        let details = Bytes::copy_from_slice(status.details());
        let detailed = (!details.is_empty())
            .then(|| Self::from_rpc(details, "").ok())
            .flatten()
            .filter(|detailed| detailed.code() == code && detailed.message() == status.message());
        let own = detailed.unwrap_or_else(|| Self::new(code, status.message().to_owned()));
        let metadata = std::mem::take(status.metadata_mut());
        if metadata.is_empty() {
            return own;
        }
        own.with_metadata(metadata.into())
    }
}

/// The domain of the reason is empty: a status does not know its service.
impl From<Status> for tonic::Status {
    fn from(status: Status) -> Self {
        let details = status.to_rpc("").unwrap_or_default();
        let metadata = status.metadata().cloned().unwrap_or_default();
        Self::with_details_and_metadata(
            status.code().into(),
            status.message(),
            details,
            metadata.into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_maps_to_the_same_number() {
        for code in Code::ALL {
            let mapped = tonic::Code::from(code);
            assert_eq!(i32::from(mapped), i32::from(code.number()));
            assert_eq!(Code::from(mapped), code);
        }
    }

    #[test]
    fn a_status_survives_both_conversions() {
        let mut metadata = Metadata::new();
        metadata.insert("x-a", "1").expect("valid");
        metadata.insert_bin("x-b-bin", [0, 1]).expect("valid");
        let status = Status::not_found("no item 7")
            .with_reason("NoItem")
            .with_field("id", 7)
            .with_retry_after(std::time::Duration::from_secs(2))
            .with_metadata(metadata.clone());
        let converted = tonic::Status::from(status);
        assert_eq!(converted.code(), tonic::Code::NotFound);
        assert_eq!(converted.message(), "no item 7");
        let back = Status::from(converted);
        assert_eq!((back.code(), back.message()), (Code::NotFound, "no item 7"));
        assert_eq!(back.reason(), Some("NoItem"));
        assert_eq!(back.field("id"), Some(&7.into()));
        assert_eq!(back.retry_after(), Some(std::time::Duration::from_secs(2)));
        assert_eq!(back.metadata(), Some(&metadata));
    }

    #[test]
    fn unknown_details_are_dropped() {
        let odd = tonic::Status::with_details(
            tonic::Code::Internal,
            "odd",
            Bytes::from_static(b"\xff\xff\xff"),
        );
        let status = Status::from(odd);
        assert_eq!((status.code(), status.message()), (Code::Internal, "odd"));
        assert!(status.details().is_empty());
    }
}
