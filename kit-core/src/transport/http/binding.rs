//! The codecs of one method over HTTP/JSON, as function pointers.

use std::fmt;

use crate::model::method::Method;
use crate::model::status::Status;
use crate::transport::codec::{Codec, RequestIn, RequestOut, ResponseIn, ResponseOut};

/// The codecs of one method over HTTP/JSON.
pub struct HttpBinding<M: Method> {
    request: HttpRequest<M>,
    response: HttpResponse<M>,
}

/// The codecs of a method's request: how its arguments are read and written.
pub struct HttpRequest<M: Method> {
    pub(super) read: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    pub(super) write: fn(M::Request) -> Result<RequestOut, Status>,
}

/// The codecs of a method's response: how its result is read and written.
pub struct HttpResponse<M: Method> {
    pub(super) read: fn(ResponseIn) -> Result<M::Response, Status>,
    pub(super) write: fn(M::Response) -> Result<ResponseOut, Status>,
}

impl<M: Method> HttpBinding<M> {
    /// A binding of a method's request and response codecs.
    pub const fn new(request: HttpRequest<M>, response: HttpResponse<M>) -> Self {
        Self { request, response }
    }

    pub(crate) const fn codec(self) -> Codec<M> {
        Codec {
            read_request: self.request.read,
            write_response: self.response.write,
            write_request: self.request.write,
            read_response: self.response.read,
        }
    }
}

impl<M: Method> Clone for HttpBinding<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for HttpBinding<M> {}

impl<M: Method> Clone for HttpRequest<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for HttpRequest<M> {}

impl<M: Method> Clone for HttpResponse<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for HttpResponse<M> {}

impl<M: Method> fmt::Debug for HttpBinding<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBinding")
            .field("method", &M::META.name)
            .finish_non_exhaustive()
    }
}
