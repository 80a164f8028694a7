//! The error of decoding a message, with the path of the field.

use std::borrow::Cow;
use std::fmt;

/// The error of decoding a message from bytes.
///
/// It is one pointer wide, and names the message and the path of the field:
///
/// ```
/// use kit::Message;
///
/// #[derive(kit::Message, Debug)]
/// struct Item { id: u64 }
/// #[derive(kit::Message, Debug)]
/// struct Order { item: Item }
///
/// let error = Order::decode((&b"\x0a\x02\x0a\x00"[..]).into()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "field `item.id` of message `Order`: invalid wire type: LengthDelimited (expected Varint)"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    root: Root,
    /// Innermost first, as fields are added on the way out.
    path: Vec<&'static str>,
    problem: Cow<'static, str>,
}

/// The origin of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Unknown,
    Message(&'static str),
    Argument,
}

impl DecodeError {
    /// An error with a description; the path is added on the way out.
    #[cold]
    pub fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            root: Root::Unknown,
            path: Vec::new(),
            problem: problem.into(),
        }))
    }

    /// Adds the field of a message to the path.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, message: &'static str, field: &'static str) -> Self {
        self.0.path.push(field);
        self.0.root = Root::Message(message);
        self
    }

    #[cold]
    pub(super) fn in_argument(mut self, argument: &'static str) -> Self {
        self.0.path.push(argument);
        self.0.root = Root::Argument;
        self
    }

    #[cold]
    pub(super) fn of_message(mut self, message: &'static str) -> Self {
        if self.0.root == Root::Unknown {
            self.0.root = Root::Message(message);
        }
        self
    }

    /// The path of the invalid field, as in `items.price`; empty if the error is
    /// about the message as a whole.
    pub fn field(&self) -> String {
        let mut names = self.0.path.clone();
        names.reverse();
        names.join(".")
    }
}

impl From<prost::DecodeError> for DecodeError {
    #[cold]
    fn from(error: prost::DecodeError) -> Self {
        let text = error.to_string();
        // Our message names the path, so prost's prefix is redundant.
        let problem = text.strip_prefix("failed to decode Protobuf message: ");
        match problem {
            Some(problem) => Self::new(problem.to_owned()),
            None => Self::new(text),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field();
        match (self.0.root, field.is_empty()) {
            (Root::Argument, _) => write!(f, "argument `{field}`: ")?,
            (Root::Message(message), true) => write!(f, "message `{message}`: ")?,
            (Root::Message(message), false) => {
                write!(f, "field `{field}` of message `{message}`: ")?;
            }
            (Root::Unknown, _) => {}
        }
        f.write_str(&self.0.problem)
    }
}

impl std::error::Error for DecodeError {}
