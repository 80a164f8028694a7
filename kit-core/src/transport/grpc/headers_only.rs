//! A response of headers only, for a call that fails before its response begins.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};

use super::compression;
use super::status::{self, CONTENT_TYPE_GRPC};
use crate::model::code::Code;
use crate::model::status::Status;
use crate::transport::body::ResponseBody;

/// A failure as headers only.
pub(super) fn headers_only(status: &Status, service: &str) -> Response<ResponseBody> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, CONTENT_TYPE_GRPC);
    if status.code() == Code::Unimplemented && compression::ANY {
        // The cause may be an encoding that this side does not support.
        headers.insert(status::GRPC_ACCEPT_ENCODING, compression::accepted());
    }
    status::write(status, service, &mut headers);
    let mut response = Response::new(ResponseBody::empty());
    *response.headers_mut() = headers;
    response
}
