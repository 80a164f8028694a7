//! The HTTP bindings of methods, as generated code names them.

pub use super::{HttpArguments, HttpBinding, HttpReply, HttpRequest, HttpResponse};
use crate::transport::Remote;

/// The binding of a method to HTTP, if it has one.
pub type Http<M> = Option<HttpBinding<M>>;

/// Creates the binding of a method to HTTP.
pub const fn http<M: Remote>(request: HttpRequest<M>, response: HttpResponse<M>) -> Http<M> {
    Some(HttpBinding::new(request, response))
}

/// The HTTP request of `M`: its arguments.
pub const fn arguments<M: Remote>() -> HttpRequest<M>
where
    M::Arguments: HttpArguments,
{
    HttpRequest::arguments()
}

/// The HTTP response of `M`: its result.
pub const fn reply<M: Remote>() -> HttpResponse<M>
where
    M::Response: HttpReply,
{
    HttpResponse::body()
}
