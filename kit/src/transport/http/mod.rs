//! HTTP/JSON.

mod client;
mod server;

pub use client::HttpChannel;
pub use server::Router;

use std::marker::PhantomData;

use crate::method::Method;
use crate::transport::Remote;

/// The codecs of one method over HTTP/JSON.
pub struct HttpBinding<M: Method>(PhantomData<fn() -> M>);

/// A tuple of arguments, each of which has its place in an HTTP request.
pub trait HttpArguments: Sized + Send + 'static {}
impl HttpArguments for (i64, i64) {}

/// What a method may return over HTTP/JSON.
pub trait HttpReply: Sized + Send + 'static {}
impl<T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static> HttpReply for T {}

impl<M: Remote> HttpBinding<M> {
    /// The codecs that the types of `M` have.
    pub const fn new() -> Self
    where
        M::Arguments: HttpArguments,
        M::Response: HttpReply,
    {
        Self(PhantomData)
    }
}
