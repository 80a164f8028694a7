//! Bodies of requests and responses, without a box on the common path.
//!
//! The body of a unary response is bytes in memory; only streams and external
//! services pay for a box.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

/// The error of a body, boxed.
pub type BodyError = Box<dyn Error + Send + Sync>;

/// A boxed body.
pub type BoxBody = Pin<Box<dyn Body<Data = Bytes, Error = BodyError> + Send>>;

/// The body of a request, from kit's own server or from an external one.
pub struct RequestBody(Request);

enum Request {
    Empty,
    Incoming(Incoming),
    Boxed(BoxBody),
}

/// The body of a response.
#[derive(Default)]
pub struct ResponseBody(Response);

#[derive(Default)]
enum Response {
    #[default]
    Empty,
    Full(Bytes),
    /// One frame of data and the trailers after it.
    Trailed(Bytes, Trailers),
    Trailers(Trailers),
    Boxed(BoxBody),
}

/// Trailers, until they are sent. Small, as a body is moved often and a header
/// map is large.
enum Trailers {
    /// Constant trailers, created when they are sent.
    Constant(fn() -> HeaderMap),
    Own(Box<HeaderMap>),
}

impl RequestBody {
    /// No body.
    pub const fn empty() -> Self {
        Self(Request::Empty)
    }

    /// Any other body, boxed.
    pub fn boxed<B>(body: B) -> Self
    where
        B: Body + Send + 'static,
        B::Data: Into<Bytes> + Send,
        B::Error: Into<BodyError>,
    {
        Self(Request::Boxed(boxed(body)))
    }
}

impl From<Incoming> for RequestBody {
    fn from(body: Incoming) -> Self {
        Self(Request::Incoming(body))
    }
}

impl ResponseBody {
    /// No body.
    pub const fn empty() -> Self {
        Self(Response::Empty)
    }

    /// A body of bytes in memory.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self(Response::Full(bytes.into()))
    }

    /// One frame of data, unless it would be empty, and the trailers after it.
    pub fn with_trailers(bytes: impl Into<Bytes>, trailers: HeaderMap) -> Self {
        Self::trailed(bytes.into(), Trailers::Own(Box::new(trailers)))
    }

    /// As [`ResponseBody::with_trailers`], with trailers that are created when
    /// they are sent.
    pub fn with_trailers_made(bytes: Bytes, make: fn() -> HeaderMap) -> Self {
        Self::trailed(bytes, Trailers::Constant(make))
    }

    fn trailed(bytes: Bytes, trailers: Trailers) -> Self {
        Self(if bytes.is_empty() {
            Response::Trailers(trailers)
        } else {
            Response::Trailed(bytes, trailers)
        })
    }

    /// Any other body, boxed.
    pub fn boxed<B>(body: B) -> Self
    where
        B: Body + Send + 'static,
        B::Data: Into<Bytes> + Send,
        B::Error: Into<BodyError>,
    {
        Self(Response::Boxed(boxed(body)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.get_mut().0 {
            Request::Empty => Poll::Ready(None),
            Request::Incoming(body) => Pin::new(body).poll_frame(task).map_err(Into::into),
            Request::Boxed(body) => body.as_mut().poll_frame(task),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Request::Empty => true,
            Request::Incoming(body) => body.is_end_stream(),
            Request::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Request::Empty => SizeHint::with_exact(0),
            Request::Incoming(body) => body.size_hint(),
            Request::Boxed(body) => body.size_hint(),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut self.get_mut().0;
        // Most responses are whole, and polled once.
        if let Response::Full(bytes) = this {
            let bytes = std::mem::take(bytes);
            return Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))));
        }
        if let Response::Boxed(body) = this {
            return body.as_mut().poll_frame(task);
        }
        let frame = match std::mem::take(this) {
            Response::Trailed(bytes, trailers) => {
                *this = Response::Trailers(trailers);
                Some(Frame::data(bytes))
            }
            Response::Trailers(Trailers::Constant(make)) => Some(Frame::trailers(make())),
            Response::Trailers(Trailers::Own(trailers)) => Some(Frame::trailers(*trailers)),
            Response::Empty | Response::Full(_) | Response::Boxed(_) => None,
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Response::Empty => true,
            Response::Full(bytes) => bytes.is_empty(),
            Response::Trailed(..) | Response::Trailers(_) => false,
            Response::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Response::Empty => SizeHint::with_exact(0),
            Response::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            // A known length is sent as a header, which is of no use to a
            // peer that waits for the trailers.
            Response::Trailed(..) | Response::Trailers(_) => SizeHint::default(),
            Response::Boxed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestBody")
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}

fn boxed<B>(body: B) -> BoxBody
where
    B: Body + Send + 'static,
    B::Data: Into<Bytes> + Send,
    B::Error: Into<BodyError>,
{
    use http_body_util::BodyExt as _;
    Box::pin(
        body.map_frame(|frame| frame.map_data(Into::into))
            .map_err(Into::into),
    )
}

#[cfg(all(test, feature = "grpc"))]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    fn trailers() -> HeaderMap {
        HeaderMap::from_iter([(
            http::HeaderName::from_static("grpc-status"),
            http::HeaderValue::from_static("0"),
        )])
    }

    #[tokio::test]
    async fn trailers_follow_the_data_and_hide_its_length() {
        for (data, frames) in [("data", 2), ("", 1)] {
            let bodies = [
                ResponseBody::with_trailers(data, trailers()),
                ResponseBody::with_trailers_made(Bytes::from(data), trailers),
            ];
            for mut body in bodies {
                assert_eq!(body.size_hint().exact(), None);
                let mut received = Vec::new();
                while !body.is_end_stream() {
                    received.push(body.frame().await.expect("a frame").expect("no error"));
                }
                assert_eq!(received.len(), frames);
                let last = received.pop().and_then(|frame| frame.into_trailers().ok());
                assert_eq!(last, Some(trailers()));
                let first = received.pop().and_then(|frame| frame.into_data().ok());
                assert_eq!(first.unwrap_or_default(), data);
            }
        }
    }
}
