//! A client's channel over HTTP/JSON.

mod options;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method as HttpMethod, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;

pub use self::options::HttpOptions;

use super::headers::{JSON, TIMEOUT};
use super::parts::Output;
use super::whole::{ReadError, read_whole};
use super::{media, problem};
use crate::model::context::{Context, ReplyMetadata};
use crate::model::descriptor::{MethodMeta, Verb};
use crate::model::metadata::{Metadata, PREVIOUS_ATTEMPTS};
use crate::model::status::Status;
use crate::transport::codec::{RequestOut, ResponseIn};

/// A pool of connections to one HTTP/JSON service.
///
/// It is cheap to clone, and clones share the pool. Connections are opened as
/// calls need them.
#[derive(Clone)]
pub struct HttpChannel(Arc<Shared>);

struct Shared {
    client: Client<HttpConnector, Full<Bytes>>,
    authority: Authority,
    /// The prefix of every path, with no slash at its end.
    prefix: String,
    body_limit: usize,
}

impl HttpChannel {
    /// Creates a channel to a base URL such as `http://127.0.0.1:8080/v1`, with
    /// default options. It connects with its first call, which fails if the
    /// service is unreachable.
    ///
    /// # Errors
    /// As for [`HttpChannel::lazy`].
    pub async fn connect(url: &str) -> Result<Self, Status> {
        Self::lazy(url, HttpOptions::default())
    }

    /// Creates a channel to a base URL such as `http://127.0.0.1:8080/v1`,
    /// which connects with its first call.
    ///
    /// # Errors
    /// `invalid_argument`: the URL is invalid, is not `http://`, or has
    /// credentials or a query.
    pub fn lazy(url: &str, options: HttpOptions) -> Result<Self, Status> {
        let refused = |why: &str| {
            Status::invalid_argument(format!(
                "`{url}`: {why}, expected a URL like http://host:port/prefix"
            ))
        };
        let uri: Uri = url.parse().map_err(|error| refused(&format!("{error}")))?;
        if uri.scheme_str() != Some("http") {
            return Err(refused("not an http:// URL"));
        }
        if uri.query().is_some() {
            return Err(refused("has a query"));
        }
        let Some(authority) = uri.authority().cloned() else {
            return Err(refused("names no host"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("credentials go into metadata"));
        }
        Ok(Self(Arc::new(Shared {
            client: options.client(),
            authority,
            prefix: uri.path().trim_end_matches('/').to_owned(),
            body_limit: options.body,
        })))
    }

    /// Sends a request and receives the response of a call that succeeded.
    pub(crate) async fn exchange(
        &self,
        meta: &'static MethodMeta,
        cx: &Context,
        request: RequestOut,
    ) -> Result<ResponseIn, Status> {
        let output = request.into_http()?;
        let request = self.request(meta, cx, output)?;
        let response = self.0.client.request(request);
        let (head, body) = response
            .await
            .map_err(|error| self.no_response(error))?
            .into_parts();
        let body = self.read(body).await?;
        let outcome = check_response(meta, head.status, &head.headers, body);
        if let Some(received) = cx.response_metadata() {
            received.set(ReplyMetadata {
                headers: Metadata::from(head.headers),
                trailers: Metadata::new(),
            });
        }
        outcome.map(ResponseIn::Json)
    }

    fn request(
        &self,
        meta: &MethodMeta,
        cx: &Context,
        output: Output,
    ) -> Result<Request<Full<Bytes>>, Status> {
        let has_body = output.body.is_some();
        let body = Full::new(output.body.map(Bytes::from).unwrap_or_default());
        let mut request = Request::new(body);
        *request.method_mut() = verb(meta);
        *request.uri_mut() = self.uri(output.target)?;
        let headers = request.headers_mut();
        *headers = output.headers;
        if let Some(metadata) = cx.outgoing() {
            problem::extend(headers, metadata.as_headers());
        }
        headers.insert(header::ACCEPT, JSON.clone());
        if has_body {
            headers.insert(header::CONTENT_TYPE, JSON.clone());
        }
        if let Some(remaining) = cx.remaining() {
            headers.insert(TIMEOUT.clone(), timeout(remaining));
        }
        if let attempts @ 1.. = cx.previous_attempts() {
            headers.insert(PREVIOUS_ATTEMPTS, HeaderValue::from(attempts));
        }
        Ok(request)
    }

    fn uri(&self, target: String) -> Result<Uri, Status> {
        let target = if self.0.prefix.is_empty() {
            target
        } else {
            format!("{}{target}", self.0.prefix)
        };
        let target = PathAndQuery::from_maybe_shared(Bytes::from(target))
            .map_err(|error| invalid_url(&error))?;
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.0.authority.clone());
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).map_err(|error| invalid_url(&error))
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Status> {
        // The deadline of the call bounds the wait.
        let limit = self.0.body_limit;
        read_whole(body, limit, Duration::MAX)
            .await
            .map_err(|error| match error {
                ReadError::TooLarge => Status::resource_exhausted(format!(
                    "the response of {} is larger than {limit} bytes",
                    self.0.authority
                )),
                ReadError::TooSlow => Status::deadline_exceeded("the response did not arrive"),
                ReadError::Broken(error) => Status::unavailable(format!(
                    "the response of {} was cut short",
                    self.0.authority
                ))
                .with_source(error),
            })
    }

    #[cold]
    fn no_response(&self, error: hyper_util::client::legacy::Error) -> Status {
        let authority = &self.0.authority;
        let inner = error
            .source()
            .and_then(|e| e.downcast_ref::<hyper::Error>());
        let status = if error.is_connect() {
            Status::unavailable(format!("can't connect to {authority}"))
        } else if inner.is_some_and(|e| e.is_parse() || e.is_parse_too_large()) {
            Status::internal(format!("the response of {authority} is not HTTP"))
        } else {
            Status::unavailable(format!(
                "{authority} closed the connection without a response"
            ))
        };
        status.with_source(error)
    }
}

impl fmt::Debug for HttpChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpChannel")
            .field("authority", &self.0.authority)
            .field("prefix", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

fn verb(meta: &MethodMeta) -> HttpMethod {
    match meta.http.map(|route| route.verb) {
        Some(Verb::Get) => HttpMethod::GET,
        Some(Verb::Put) => HttpMethod::PUT,
        Some(Verb::Patch) => HttpMethod::PATCH,
        Some(Verb::Delete) => HttpMethod::DELETE,
        Some(Verb::Post) | None => HttpMethod::POST,
    }
}

/// The remaining time in milliseconds, rounded up: a call with any time left is
/// not late yet. The header has at most ten digits, which is four months.
fn timeout(remaining: Duration) -> HeaderValue {
    const MOST: u64 = 9_999_999_999;
    let milliseconds = remaining.as_micros().div_ceil(1000);
    HeaderValue::from(u64::try_from(milliseconds).unwrap_or(MOST).min(MOST))
}

/// The body of a successful response, or the status of a failed one.
fn check_response(
    meta: &MethodMeta,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Bytes, Status> {
    let content_type = headers.get(header::CONTENT_TYPE);
    if !status.is_success() {
        return Err(failure(status, headers, &body));
    }
    if body.is_empty() || content_type.is_some_and(media::is_json) {
        return Ok(body);
    }
    Err(not_json(meta, content_type))
}

/// A failed call's status, with the metadata received beside it.
#[cold]
fn failure(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Status {
    let mut metadata = HeaderMap::new();
    problem::extend(&mut metadata, headers);
    for name in [header::DATE, header::SERVER, header::RETRY_AFTER] {
        metadata.remove(name);
    }
    let status = problem::read(status, headers, body);
    if metadata.is_empty() {
        return status;
    }
    status.with_metadata(Metadata::from(metadata))
}

#[cold]
fn not_json(meta: &MethodMeta, content_type: Option<&HeaderValue>) -> Status {
    let what = content_type.map_or_else(
        || "no content type".to_owned(),
        |value| format!("`{}`", String::from_utf8_lossy(value.as_bytes())),
    );
    Status::internal(format!(
        "the response of method `{}` is not JSON but has {what}",
        meta.name
    ))
}

#[cold]
fn invalid_url(error: &dyn fmt::Display) -> Status {
    Status::invalid_argument(format!("the request has no valid URL: {error}"))
}
