//! The codecs of one method over HTTP/JSON, as function pointers.

use std::fmt;

use crate::model::method::Method;
use crate::model::status::Status;
use crate::transport::codec::{Codec, ReplyIn, ReplyOut, RequestIn, RequestOut};

/// The codecs of one method over HTTP/JSON.
pub struct HttpBinding<M: Method> {
    request: HttpRequest<M>,
    response: HttpResponse<M>,
}

/// How the arguments of a method travel.
pub struct HttpRequest<M: Method> {
    pub(super) read: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    pub(super) write: fn(M::Request) -> Result<RequestOut, Status>,
}

/// How the result of a method travels.
pub struct HttpResponse<M: Method> {
    pub(super) read: fn(ReplyIn) -> Result<M::Response, Status>,
    pub(super) write: fn(M::Response) -> Result<ReplyOut, Status>,
}

impl<M: Method> HttpBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(request: HttpRequest<M>, response: HttpResponse<M>) -> Self {
        Self { request, response }
    }

    pub(crate) const fn codec(self) -> Codec<M> {
        Codec {
            read_request: self.request.read,
            write_reply: self.response.write,
            write_request: self.request.write,
            read_reply: self.response.read,
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
