//! hyper-util's pooled client by hand, HTTP/JSON and gRPC.
//!
//! The driver also runs it for two calls against each server, before it
//! believes any figure: wrk and h2load would count wrong answers too.

use std::net::SocketAddr;

use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, TE};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::grpc::{GRPC, STATUS, frame, unframe};

type Pool = Client<HttpConnector, Full<Bytes>>;

pub(crate) fn run(role: Role) {
    let Role::Client(client) = role else {
        role.unknown()
    };
    match client.what.as_str() {
        "http" => client.load.run(async |addr| {
            let (pool, path) = (pool(false), uri(addr, "/sum"));
            check(post(pool.clone(), uri(addr, "/concat"), xy()).await);
            move |a, b| {
                let reply = post::<_, SumReply>(pool.clone(), path.clone(), SumRequest { a, b });
                async { reply.await.v }
            }
        }),
        "grpc" => client.load.run(async |addr| {
            let (pool, path) = (pool(true), uri(addr, "/pb.Add/Sum"));
            check(unary(pool.clone(), uri(addr, "/pb.Add/Concat"), xy()).await);
            move |a, b| {
                let reply = unary::<_, SumReply>(pool.clone(), path.clone(), SumRequest { a, b });
                async { reply.await.v }
            }
        }),
        _ => Role::Client(client).unknown(),
    }
}

fn xy() -> ConcatRequest {
    ConcatRequest {
        a: "x".into(),
        b: "y".into(),
    }
}

fn check(reply: ConcatReply) {
    assert_eq!(reply.v, "xy");
}

fn pool(http2: bool) -> Pool {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .http2_only(http2)
        .build(connector)
}

fn uri(addr: SocketAddr, path: &str) -> Uri {
    format!("http://{addr}{path}")
        .parse()
        .expect("an address and a path make a URI")
}

async fn post<Req: Serialize, Res: DeserializeOwned>(pool: Pool, uri: Uri, req: Req) -> Res {
    let body = serde_json::to_vec(&req).expect("these types always serialize");
    let mut request = Request::post(uri)
        .body(Full::from(body))
        .expect("the request is valid");
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let response = send(pool, request).await;
    let body = crate::whole(response.into_body())
        .await
        .expect("the body arrives");
    serde_json::from_slice(&body).expect("the reply is JSON")
}

async fn unary<Req: Message, Res: Message + Default>(pool: Pool, uri: Uri, req: Req) -> Res {
    let mut request = Request::post(uri)
        .body(Full::new(frame(&req)))
        .expect("the request is valid");
    request.headers_mut().insert(CONTENT_TYPE, GRPC);
    request
        .headers_mut()
        .insert(TE, HeaderValue::from_static("trailers"));
    let body = send(pool, request)
        .await
        .into_body()
        .collect()
        .await
        .expect("the body arrives");
    let status = body.trailers().and_then(|trailers| trailers.get(STATUS));
    assert_eq!(status.expect("trailers hold a status"), "0");
    let message = unframe(body.to_bytes()).expect("the reply is one message");
    Res::decode(message).expect("the message decodes")
}

async fn send(pool: Pool, request: Request<Full<Bytes>>) -> Response<Incoming> {
    let response = pool.request(request).await.expect("the server answers");
    assert_eq!(response.status(), StatusCode::OK);
    response
}
