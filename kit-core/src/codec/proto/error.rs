//! What is wrong with bytes, and where.

use std::borrow::Cow;
use std::fmt;

/// Bytes that are not the message they should be.
///
/// It is one pointer wide, and says which field of which message is wrong:
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
    /// Innermost first, as an error travels outwards.
    path: Vec<&'static str>,
    what: Cow<'static, str>,
}

/// What the path starts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Unknown,
    Message(&'static str),
    Argument,
}

impl DecodeError {
    /// An error that says what is wrong; where is added on its way out.
    #[cold]
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            root: Root::Unknown,
            path: Vec::new(),
            what: what.into(),
        }))
    }

    /// The same, in a field of a message.
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

    /// The field that is wrong, as in `items.price`; empty where it is the
    /// message as a whole.
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
        // The place is ours to tell, so prost's general opening goes.
        let what = text.strip_prefix("failed to decode Protobuf message: ");
        match what {
            Some(what) => Self::new(what.to_owned()),
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
        f.write_str(&self.0.what)
    }
}

impl std::error::Error for DecodeError {}
