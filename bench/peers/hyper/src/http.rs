//! HTTP/1 and JSON, plain and tuned.
//!
//! Plain is what hyper's own examples do. Tuned adds what measured faster:
//! flushes gathered, head and body written as one buffer, a body of one frame
//! taken as it is.

use std::io;
use std::net::SocketAddr;

use bench_common::{concat, sum};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use tokio::net::TcpListener;

pub(crate) async fn serve(addr: SocketAddr, tuned: bool) -> io::Result<()> {
    let listener = TcpListener::bind(addr).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let stream = TokioIo::new(stream);
        if tuned {
            let connection = http1::Builder::new()
                .pipeline_flush(true)
                .writev(false)
                .serve_connection(stream, service_fn(tuned_answer));
            tokio::spawn(connection);
        } else {
            let connection = http1::Builder::new().serve_connection(stream, service_fn(answer));
            tokio::spawn(connection);
        }
    }
}

async fn answer(req: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = req.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(dispatch(&head.method, head.uri.path(), &body))
}

async fn tuned_answer(req: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = req.into_parts();
    let body = crate::whole(body).await?;
    Ok(dispatch(&head.method, head.uri.path(), &body))
}

fn dispatch(method: &Method, path: &str, body: &[u8]) -> Response<Full<Bytes>> {
    match (method, path) {
        (&Method::POST, "/sum") => json(body, sum),
        (&Method::POST, "/concat") => json(body, concat),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn json<Req: DeserializeOwned, Res: Serialize>(
    body: &[u8],
    method: fn(Req) -> Res,
) -> Response<Full<Bytes>> {
    let Ok(req) = serde_json::from_slice(body) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let reply = serde_json::to_vec(&method(req)).expect("these types always serialize");
    let mut response = Response::new(Full::from(reply));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
