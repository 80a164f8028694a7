//! An argument of a method: its name, its protobuf field number, and its place
//! in an HTTP request.

/// An argument of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// The name: the key in JSON, the field in protobuf.
    pub name: &'static str,
    /// Its place in an HTTP request.
    pub source: Source,
    /// The field number in protobuf.
    pub tag: u32,
    /// Whether it is sensitive: never logged.
    pub sensitive: bool,
}

/// The place of an argument in an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A path parameter of the same name.
    Path,
    /// A query parameter of the same name.
    Query,
    /// The header of this name.
    Header(&'static str),
    /// A member of the JSON object in the body.
    Member,
    /// The whole body.
    Body,
    /// A stream of messages.
    Stream,
}

impl Argument {
    /// An argument with its place and its field number; not sensitive.
    pub const fn new(name: &'static str, source: Source, tag: u32) -> Self {
        Self {
            name,
            source,
            tag,
            sensitive: false,
        }
    }

    /// Marks the argument as sensitive.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
}
