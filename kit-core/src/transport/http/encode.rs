//! Encodes arguments as a request.

use std::fmt::{Display, Write as _};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::arguments::HttpArguments;
use super::parts::Output;
use super::percent::{encode_path, encode_query, encode_segment};
use crate::codec::json::text::{TextError, TextSerializer};
use crate::model::argument::{Argument, Source};
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;
use crate::transport::codec::RequestOut;

/// Writes arguments that are all in the body.
pub(super) fn body<A: HttpArguments>(
    meta: &'static MethodMeta,
    arguments: A,
) -> Result<RequestOut, Status> {
    Ok(RequestOut::Http(write(meta, &arguments)?))
}

/// Writes arguments to every place.
pub(super) fn any<A: HttpArguments>(
    meta: &'static MethodMeta,
    arguments: A,
) -> Result<RequestOut, Status> {
    let mut output = write(meta, &arguments)?;
    write_text(meta, &mut output, &|at, values| {
        arguments.write(at, TextSerializer::new(values))
    })?;
    Ok(RequestOut::Http(output))
}

fn write<A: HttpArguments>(meta: &'static MethodMeta, arguments: &A) -> Result<Output, Status> {
    Ok(Output {
        target: path(meta),
        headers: HeaderMap::new(),
        body: write_body(meta, arguments)?,
    })
}

fn path(meta: &MethodMeta) -> String {
    meta.http.map_or_else(String::new, |route| {
        if route.path.is_ascii() {
            route.path.to_owned()
        } else {
            encode_path(route.path).to_string()
        }
    })
}

fn write_body<A: HttpArguments>(
    meta: &'static MethodMeta,
    arguments: &A,
) -> Result<Option<Vec<u8>>, Status> {
    let mut json = Vec::new();
    for (at, argument) in meta.arguments.iter().enumerate() {
        match argument.source {
            Source::Body => {}
            Source::Member => {
                json.reserve(64);
                // A name is a Rust identifier: JSON escapes none of it.
                json.push(if json.is_empty() { b'{' } else { b',' });
                json.push(b'"');
                json.extend_from_slice(argument.name.as_bytes());
                json.extend_from_slice(b"\":");
            }
            _ => continue,
        }
        arguments
            .write(at, &mut serde_json::Serializer::new(&mut json))
            .map_err(|error| unwritable(meta, argument, &error))?;
    }
    if json.first() == Some(&b'{') && !has_whole_body(meta.arguments) {
        json.push(b'}');
    }
    Ok((!json.is_empty()).then_some(json))
}

fn has_whole_body(arguments: &[Argument]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.source == Source::Body)
}

/// Writes the argument at a position.
type Write<'a> = dyn Fn(usize, &mut Vec<String>) -> Result<(), TextError> + 'a;

/// Writes each argument outside the body.
fn write_text(meta: &MethodMeta, output: &mut Output, write: &Write<'_>) -> Result<(), Status> {
    let mut query = '?';
    let mut values = Vec::new();
    for (at, argument) in meta.arguments.iter().enumerate() {
        values.clear();
        match argument.source {
            Source::Path | Source::Query | Source::Header(_) => write(at, &mut values),
            Source::Member | Source::Body | Source::Stream => continue,
        }
        .map_err(|error| unwritable(meta, argument, &error))?;
        match argument.source {
            Source::Path => write_segment(meta, argument, &values, &mut output.target)?,
            Source::Header(name) => write_header(meta, argument, name, &values, output)?,
            _ => {
                for value in &values {
                    let (name, value) = (argument.name, encode_query(value));
                    // Writing to a string can't fail.
                    let _ = write!(output.target, "{query}{}={value}", encode_query(name));
                    query = '&';
                }
            }
        }
    }
    Ok(())
}

fn write_segment(
    meta: &MethodMeta,
    argument: &Argument,
    values: &[String],
    target: &mut String,
) -> Result<(), Status> {
    let [value] = values else {
        return Err(unwritable(meta, argument, &"a path needs one value"));
    };
    if value.is_empty() {
        return Err(unwritable(
            meta,
            argument,
            &"a path can't hold an empty value",
        ));
    }
    let name = argument.name;
    // The rest of a path may be several segments; its slashes are kept.
    let rest = format!("{{*{name}}}");
    *target = if target.contains(&rest) {
        let segments: Vec<_> = value
            .split('/')
            .map(|s| encode_segment(s).to_string())
            .collect();
        target.replacen(&rest, &segments.join("/"), 1)
    } else {
        target.replacen(
            &format!("{{{name}}}"),
            &encode_segment(value).to_string(),
            1,
        )
    };
    Ok(())
}

fn write_header(
    meta: &MethodMeta,
    argument: &Argument,
    name: &'static str,
    values: &[String],
    output: &mut Output,
) -> Result<(), Status> {
    for value in values {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| unwritable(meta, argument, &error))?;
        // The receiver would trim the value, and read another one.
        if value.trim() != value {
            let what = "a header can't hold leading or trailing space";
            return Err(unwritable(meta, argument, &what));
        }
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|error| unwritable(meta, argument, &error))?;
        output.headers.append(name, value);
    }
    Ok(())
}

#[cold]
fn unwritable(meta: &MethodMeta, argument: &Argument, what: &dyn Display) -> Status {
    Status::invalid_argument(format!(
        "argument `{}` of method `{}` can't be sent: {what}",
        argument.name, meta.name
    ))
    .with_field("argument", argument.name)
}
