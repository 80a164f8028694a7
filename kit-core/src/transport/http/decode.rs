//! Decodes the arguments of a request.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::arguments::HttpArguments;
use super::parts::Input;
use super::percent::{Malformed, decode_query, decode_segment};
use crate::codec::json::text::{TextError, Values};
use crate::model::argument::{Argument, Source};
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;
use crate::transport::codec::RequestIn;
#[cfg(feature = "grpc")]
use crate::transport::codec::wrong_codec;

/// Whether an argument is outside the body, and so text.
pub(super) const fn has_text(arguments: &[Argument]) -> bool {
    let mut at = 0;
    while at < arguments.len() {
        if is_text(arguments[at].source) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_text(source: Source) -> bool {
    matches!(source, Source::Path | Source::Query | Source::Header(_))
}

/// Whether an argument is in the body.
pub(super) const fn has_body(arguments: &[Argument]) -> bool {
    let mut at = 0;
    while at < arguments.len() {
        if matches!(arguments[at].source, Source::Member | Source::Body) {
            return true;
        }
        at += 1;
    }
    false
}

/// Reads arguments that are all in the body.
pub(super) fn body<A: HttpArguments>(
    meta: &'static MethodMeta,
    request: &RequestIn<'_>,
) -> Result<A, Status> {
    let mut slots = A::empty();
    read_body::<A>(meta, input(request)?.body, &mut slots)?;
    A::finish(slots).map_err(|at| missing(meta, at))
}

/// Reads arguments from every place.
pub(super) fn any<A: HttpArguments>(
    meta: &'static MethodMeta,
    request: &RequestIn<'_>,
) -> Result<A, Status> {
    let input = input(request)?;
    let mut slots = A::empty();
    read_body::<A>(meta, input.body, &mut slots)?;
    read_text(meta, input, &mut |at, values| {
        A::read(&mut slots, at, values)
    })?;
    A::finish(slots).map_err(|at| missing(meta, at))
}

fn input<'a>(request: &RequestIn<'a>) -> Result<&'a Input<'a>, Status> {
    match request {
        RequestIn::Http(input) => Ok(input),
        #[cfg(feature = "grpc")]
        _ => Err(wrong_codec()),
    }
}

/// Reads each argument outside the body.
fn read_text(
    meta: &MethodMeta,
    input: &Input<'_>,
    read: &mut dyn FnMut(usize, Values<'_>) -> Result<(), TextError>,
) -> Result<(), Status> {
    for (at, argument) in meta.arguments.iter().enumerate() {
        if !is_text(argument.source) {
            continue;
        }
        let outcome = values(argument, input).and_then(|values| read(at, Values::new(&values)));
        match outcome {
            Ok(()) => {}
            Err(TextError::Missing) => return Err(missing(meta, at)),
            Err(TextError::Invalid(what)) => return Err(invalid(meta, at, &what)),
        }
    }
    Ok(())
}

/// The values of an argument in a request.
fn values<'a>(argument: &Argument, input: &Input<'a>) -> Result<Vec<Cow<'a, str>>, TextError> {
    let malformed = |malformed: Malformed| TextError::Invalid(malformed.to_string());
    match argument.source {
        Source::Path => input
            .captured
            .iter()
            .position(|name| *name == argument.name)
            .and_then(|position| input.captures.get(position))
            .map(|text| decode_segment(text).map_err(malformed))
            .into_iter()
            .collect(),
        Source::Query => {
            let mut values = Vec::new();
            for pair in input.query.split('&').filter(|pair| !pair.is_empty()) {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                if decode_query(key).map_err(malformed)? == argument.name {
                    values.push(decode_query(value).map_err(malformed)?);
                }
            }
            Ok(values)
        }
        Source::Header(name) => input
            .headers
            .get_all(name)
            .iter()
            .map(|value| match std::str::from_utf8(value.as_bytes()) {
                Ok(text) => Ok(Cow::Borrowed(text)),
                Err(_) => Err(TextError::Invalid("invalid UTF-8".to_owned())),
            })
            .collect(),
        Source::Member | Source::Body | Source::Stream => Ok(Vec::new()),
    }
}

/// Reads the arguments in the body, if it has any.
fn read_body<A: HttpArguments>(
    meta: &'static MethodMeta,
    json: &[u8],
    slots: &mut A::Slots,
) -> Result<(), Status> {
    // Absent arguments are missing, or `None`: `finish` decides.
    if json.is_empty() {
        return Ok(());
    }
    let mut current = None;
    let mut reader = serde_json::Deserializer::from_slice(json);
    let whole = meta
        .arguments
        .iter()
        .position(|argument| argument.source == Source::Body);
    let outcome = if let Some(at) = whole {
        current = Some(at);
        A::read(slots, at, &mut reader)
    } else if has_body(meta.arguments) {
        reader.deserialize_map(Members::<A> {
            meta,
            slots,
            current: &mut current,
        })
    } else {
        return Ok(());
    };
    match outcome.and_then(|()| reader.end()) {
        Ok(()) => Ok(()),
        Err(error) => Err(match current {
            Some(at) => invalid(meta, at, &error),
            None => invalid_body(meta, &error),
        }),
    }
}

/// Reads a JSON object whose members are arguments, in one pass.
struct Members<'a, A: HttpArguments> {
    meta: &'static MethodMeta,
    slots: &'a mut A::Slots,
    /// The argument that is being read, for the error message.
    current: &'a mut Option<usize>,
}

impl<'de, A: HttpArguments> Visitor<'de> for Members<'_, A> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a member per argument")
    }

    fn visit_map<O: MapAccess<'de>>(self, mut object: O) -> Result<(), O::Error> {
        let mut seen = 0_u32;
        while let Some(at) = object.next_key_seed(Key(self.meta.arguments))? {
            let Some(at) = at else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            *self.current = Some(at);
            if seen & (1 << at) != 0 {
                return Err(O::Error::duplicate_field(self.meta.arguments[at].name));
            }
            seen |= 1 << at;
            object.next_value_seed(Member::<A> {
                slots: self.slots,
                at,
                arguments: PhantomData,
            })?;
            *self.current = None;
        }
        Ok(())
    }
}

/// Reads the name of a member as the position of the argument of that name.
struct Key(&'static [Argument]);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Option<usize>, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an argument")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self
            .0
            .iter()
            .position(|argument| argument.name == name && argument.source == Source::Member))
    }
}

struct Member<'a, A: HttpArguments> {
    slots: &'a mut A::Slots,
    at: usize,
    arguments: PhantomData<A>,
}

impl<'de, A: HttpArguments> DeserializeSeed<'de> for Member<'_, A> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        A::read(self.slots, self.at, value)
    }
}

/// The place of an argument, as a field and as text for an error message.
fn place(source: Source) -> (&'static str, String) {
    match source {
        Source::Path => ("path", " (path)".to_owned()),
        Source::Query => ("query", " (query)".to_owned()),
        Source::Header(name) => ("header", format!(" (header `{name}`)")),
        Source::Member | Source::Body | Source::Stream => ("body", String::new()),
    }
}

#[cold]
fn invalid(meta: &MethodMeta, at: usize, what: &dyn fmt::Display) -> Status {
    let argument = &meta.arguments[at];
    let (kind, place) = place(argument.source);
    let (name, method) = (argument.name, meta.name);
    // The message would quote the value, and errors end up in logs.
    let message = if argument.sensitive {
        format!("argument `{name}` of method `{method}`{place}: invalid value")
    } else {
        format!("argument `{name}` of method `{method}`{place}: {what}")
    };
    argument_error(name, kind, message)
}

#[cold]
fn missing(meta: &MethodMeta, at: usize) -> Status {
    let argument = &meta.arguments[at];
    let (kind, place) = place(argument.source);
    let (name, method) = (argument.name, meta.name);
    argument_error(
        name,
        kind,
        format!("argument `{name}` of method `{method}`{place}: missing"),
    )
}

fn argument_error(name: &'static str, kind: &'static str, message: String) -> Status {
    Status::invalid_argument(message)
        .with_field("argument", name)
        .with_field("in", kind)
}

#[cold]
fn invalid_body(meta: &MethodMeta, error: &serde_json::Error) -> Status {
    Status::invalid_argument(format!("body of method `{}`: {error}", meta.name))
        .with_field("in", "body")
}
