//! One argument of a method: its name, its field number, and where an HTTP
//! request has it.

/// One argument of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// The name: the key in JSON, the field in protobuf.
    pub name: &'static str,
    /// Where it stands in an HTTP request.
    pub source: Source,
    /// The field number in protobuf.
    pub tag: u32,
    /// Whether it must never be logged.
    pub sensitive: bool,
}

/// Where an argument stands in an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the path, by its own name.
    Path,
    /// In the query, by its own name.
    Query,
    /// In the header of that name.
    Header(&'static str),
    /// A member of the JSON object that is the body.
    Member,
    /// The whole body.
    Body,
    /// A stream of messages.
    Stream,
}

impl Argument {
    /// An argument with its place and its field number.
    pub const fn new(name: &'static str, source: Source, tag: u32) -> Self {
        Self {
            name,
            source,
            tag,
            sensitive: false,
        }
    }

    /// The same, never to be logged.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
}
