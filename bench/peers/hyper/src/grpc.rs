//! gRPC over hyper's HTTP/2: one message in, headers, one message and trailers
//! out, which is all that a unary call is.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bench_common::{concat, sum};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpListener;

pub(crate) const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");

pub(crate) async fn serve(addr: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(addr).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(req: Request<Incoming>) -> Result<Response<Reply>, hyper::Error> {
    let (head, body) = req.into_parts();
    let body = crate::whole(body).await?;
    let reply = match head.uri.path() {
        "/pb.Add/Sum" => unary(body, sum),
        "/pb.Add/Concat" => unary(body, concat),
        _ => Err("12"),
    };
    let mut response = Response::new(match reply {
        Ok(message) => Reply::new(Some(message), "0"),
        Err(code) => Reply::new(None, code),
    });
    response.headers_mut().insert(CONTENT_TYPE, GRPC);
    Ok(response)
}

fn unary<Req, Res>(body: Bytes, method: fn(Req) -> Res) -> Result<Bytes, &'static str>
where
    Req: Message + Default,
    Res: Message,
{
    let req = unframe(body)
        .and_then(|message| Req::decode(message).ok())
        .ok_or("13")?;
    Ok(frame(&method(req)))
}

/// gRPC's prefix: uncompressed, and the length in four bytes.
pub(crate) fn frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut framed = BytesMut::with_capacity(5 + length);
    framed.put_u8(0);
    framed.put_u32(length as u32);
    message.encode(&mut framed).expect("the buffer has room");
    framed.freeze()
}

pub(crate) fn unframe(mut body: Bytes) -> Option<Bytes> {
    if body.len() < 5 || body.get_u8() != 0 {
        return None;
    }
    let length = body.get_u32() as usize;
    (body.len() == length).then_some(body)
}

/// One data frame, then the trailers.
struct Reply {
    message: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Reply {
    fn new(message: Option<Bytes>, code: &'static str) -> Self {
        let mut trailers = HeaderMap::with_capacity(1);
        trailers.insert(STATUS, HeaderValue::from_static(code));
        Self {
            message,
            trailers: Some(trailers),
        }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let message = self.message.take().map(Frame::data);
        Poll::Ready(
            message
                .or_else(|| self.trailers.take().map(Frame::trailers))
                .map(Ok),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && self.trailers.is_none()
    }
}
