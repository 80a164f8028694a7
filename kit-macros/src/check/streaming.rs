//! Rules about `kit::Streaming<T>`.

use quote::ToTokens;

use crate::diagnostic::Errors;
use crate::model::{Method, Source};
use crate::parse::SourceSyntax;

/// A stream of requests is the whole request.
pub(crate) fn check_place(method: &Method, errors: &mut Errors) {
    let stream = method
        .arguments
        .iter()
        .find(|argument| argument.source == Source::Stream);
    let Some(stream) = stream else {
        return;
    };
    let second = method
        .arguments
        .iter()
        .find(|argument| argument.ident != stream.ident);
    if let Some(second) = second {
        errors.on(
            &second.typed,
            format_args!(
                "method `{}` takes a stream, which must be the only argument, but has argument `{}`",
                method.name, second.name
            ),
            "put it into the messages of the stream",
        );
    }
    let source = stream.parameter.source.as_ref().map(SourceSyntax::ident);
    if let Some(source) = source {
        errors.on(
            source,
            format_args!(
                "argument `{}` is a stream, which is the whole request",
                stream.name
            ),
            format_args!("remove `#[{source}]`"),
        );
    }
}

/// HTTP/JSON has one message per request and response.
pub(crate) fn check_transport(method: &Method, errors: &mut Errors) -> bool {
    if method.http.is_none() {
        return false;
    }
    let stream = method
        .arguments
        .iter()
        .find(|argument| argument.source == Source::Stream);
    let tokens = match stream {
        Some(argument) => argument.ty.to_token_stream(),
        None if method.streams_out() => method.returns.ok().to_token_stream(),
        None => return false,
    };
    errors.on(
        tokens,
        format_args!(
            "method `{}` streams, which `http` does not support in this version",
            method.name
        ),
        "write `#[transport(grpc)]` on the method",
    );
    true
}
