//! Types of the standard library as Google's well-known messages.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::BytesMut;

use super::Message;
use super::error::DecodeError;
use super::field::Field;
use super::reader::Reader;
use crate::model::schema::{FieldSchema, MessageSchema};

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// `google.protobuf.Empty`.
impl Message for () {
    const NAME: &'static str = "google.protobuf.Empty";

    fn encoded_len(&self) -> usize {
        0
    }

    fn encode(&self, _: &mut BytesMut) {}

    fn merge(_: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        while let Some(key) = input.key()? {
            input.skip(key)?;
        }
        Ok(())
    }

    fn schema() -> MessageSchema {
        MessageSchema::new::<Self>()
    }
}

/// `google.protobuf.Timestamp`. Its range exceeds that of `SystemTime` on some
/// platforms; a time out of range is an error.
impl Message for SystemTime {
    const NAME: &'static str = "google.protobuf.Timestamp";

    fn encoded_len(&self) -> usize {
        since_epoch(*self).len()
    }

    fn encode(&self, out: &mut BytesMut) {
        since_epoch(*self).encode(out);
    }

    fn merge(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let span = Span::merge(current.map(since_epoch), Self::NAME, input)?;
        let nanos = span.subsecond()?;
        let whole = Duration::from_secs(span.seconds.unsigned_abs());
        let time = if span.seconds < 0 {
            UNIX_EPOCH.checked_sub(whole)
        } else {
            UNIX_EPOCH.checked_add(whole)
        };
        time.and_then(|time| time.checked_add(Duration::from_nanos(u64::from(nanos))))
            .ok_or_else(|| {
                DecodeError::new(format!(
                    "{} seconds are out of range for a time",
                    span.seconds
                ))
            })
    }

    fn schema() -> MessageSchema {
        Span::schema(MessageSchema::new::<Self>())
    }
}

/// `google.protobuf.Duration`. It is signed in protobuf, so a negative one is an
/// error; one beyond 292 billion years is clamped.
impl Message for Duration {
    const NAME: &'static str = "google.protobuf.Duration";

    fn encoded_len(&self) -> usize {
        length(*self).len()
    }

    fn encode(&self, out: &mut BytesMut) {
        length(*self).encode(out);
    }

    fn merge(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let span = Span::merge(current.map(length), Self::NAME, input)?;
        match u64::try_from(span.seconds) {
            Ok(seconds) if span.nanos >= 0 => Ok(Self::new(seconds, span.subsecond()?)),
            _ => Err(DecodeError::new("a duration must not be negative")),
        }
    }

    fn schema() -> MessageSchema {
        Span::schema(MessageSchema::new::<Self>())
    }
}

/// The fields of both messages.
#[derive(Clone, Copy)]
struct Span {
    seconds: i64,
    nanos: i32,
}

/// The time since 1970. Before it, seconds are negative and nanoseconds positive.
fn since_epoch(time: SystemTime) -> Span {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => length(after),
        Err(error) => {
            let before = length(error.duration());
            match before.nanos {
                0 => Span {
                    seconds: -before.seconds,
                    nanos: 0,
                },
                nanos => Span {
                    seconds: -before.seconds - 1,
                    nanos: NANOS_PER_SECOND as i32 - nanos,
                },
            }
        }
    }
}

fn length(duration: Duration) -> Span {
    Span {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: duration.subsec_nanos() as i32,
    }
}

impl Span {
    fn len(self) -> usize {
        self.seconds.field_len(1) + self.nanos.field_len(2)
    }

    fn encode(self, out: &mut BytesMut) {
        self.seconds.encode_field(1, out);
        self.nanos.encode_field(2, out);
    }

    fn merge(
        current: Option<Self>,
        message: &'static str,
        input: &mut Reader<'_>,
    ) -> Result<Self, DecodeError> {
        let mut seconds = current.map(|span| span.seconds);
        let mut nanos = current.map(|span| span.nanos);
        while let Some(key) = input.key()? {
            match key.tag {
                1 => Field::read(&mut seconds, key, input, message, "seconds")?,
                2 => Field::read(&mut nanos, key, input, message, "nanos")?,
                _ => input.skip(key)?,
            }
        }
        Ok(Self {
            seconds: seconds.unwrap_or_default(),
            nanos: nanos.unwrap_or_default(),
        })
    }

    fn subsecond(self) -> Result<u32, DecodeError> {
        match u32::try_from(self.nanos) {
            Ok(nanos) if nanos < NANOS_PER_SECOND => Ok(nanos),
            _ => Err(DecodeError::new(format!(
                "{} nanoseconds are not within one second",
                self.nanos
            ))),
        }
    }

    fn schema(message: MessageSchema) -> MessageSchema {
        message
            .field(FieldSchema::new("seconds", 1, i64::field_type()))
            .field(FieldSchema::new("nanos", 2, i32::field_type()))
    }
}
