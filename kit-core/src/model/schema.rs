//! The schemas of protobuf messages, as data.
//!
//! A schema refers to the types of its fields by function pointer, so that types
//! may be recursive: code that walks a schema remembers the [`TypeRef`]s that it
//! has visited. Schemas are built only for documents and for reflection.

use std::any::TypeId;

/// The request and response of a method.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodSchema {
    /// The payload of a request.
    pub request: fn() -> Payload,
    /// The payload of a response.
    pub response: fn() -> Payload,
    /// Whether the request is a stream.
    pub client_streaming: bool,
    /// Whether the response is a stream.
    pub server_streaming: bool,
}

impl MethodSchema {
    /// The schema of a unary method.
    pub const fn new(request: fn() -> Payload, response: fn() -> Payload) -> Self {
        Self {
            request,
            response,
            client_streaming: false,
            server_streaming: false,
        }
    }

    /// Sets which of request and response are streams.
    #[must_use]
    pub const fn streaming(mut self, client: bool, server: bool) -> Self {
        self.client_streaming = client;
        self.server_streaming = server;
        self
    }
}

/// The message of one request or response.
#[derive(Clone, Debug)]
pub enum Payload {
    /// A message type of the user.
    Message(TypeRef<MessageSchema>),
    /// Fields of a message that is named after the method.
    Fields(Vec<FieldSchema>),
}

/// A reference to a type and to its schema.
#[derive(Debug)]
pub struct TypeRef<S> {
    /// The identity of the type.
    pub id: TypeId,
    /// The schema of the type.
    pub schema: fn() -> S,
}

impl<S> Clone for TypeRef<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for TypeRef<S> {}

impl<S> TypeRef<S> {
    /// A reference to the type `T`.
    pub fn new<T: 'static>(schema: fn() -> S) -> Self {
        Self {
            id: TypeId::of::<T>(),
            schema,
        }
    }
}

/// The schema of a message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MessageSchema {
    /// The name, prefixed with its package if it has one of its own.
    pub name: String,
    /// The documentation.
    pub docs: &'static str,
    /// The fields, in the order of the type.
    pub fields: Vec<FieldSchema>,
    /// Whether the fields are a oneof.
    pub one_of: bool,
}

impl MessageSchema {
    /// Sets the documentation.
    #[must_use]
    pub fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: FieldSchema) -> Self {
        self.fields.push(field);
        self
    }

    /// Makes the fields a oneof.
    #[must_use]
    pub fn one_of(mut self) -> Self {
        self.one_of = true;
        self
    }
}

/// The schema of a field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FieldSchema {
    /// The name.
    pub name: &'static str,
    /// The number.
    pub tag: u32,
    /// The type.
    pub ty: FieldType,
    /// The documentation.
    pub docs: &'static str,
    /// Whether it is marked `#[deprecated]`.
    pub deprecated: bool,
}

impl FieldSchema {
    /// A field without documentation.
    pub fn new(name: &'static str, tag: u32, ty: FieldType) -> Self {
        Self {
            name,
            tag,
            ty,
            docs: "",
            deprecated: false,
        }
    }

    /// Sets the documentation.
    #[must_use]
    pub fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// Marks the field as deprecated.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }
}

/// The cardinality and the type of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// One value; a scalar at its default is not written.
    Single(ValueType),
    /// At most one value, with explicit presence.
    Optional(ValueType),
    /// Any number of values.
    Repeated(ValueType),
    /// Any number of values by key.
    Map(Scalar, ValueType),
}

impl FieldType {
    /// The name in upper camel case, as part of a generic message's name.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Single(value) => value.name(),
            Self::Optional(value) => format!("Optional{}", value.name()),
            Self::Repeated(value) => format!("{}List", value.name()),
            Self::Map(key, value) => {
                format!("{}To{}", ValueType::Scalar(*key).name(), value.name())
            }
        }
    }
}

/// The type of one value.
#[derive(Clone, Copy, Debug)]
pub enum ValueType {
    /// A number, a string or bytes.
    Scalar(Scalar),
    /// A message.
    Message(TypeRef<MessageSchema>),
    /// An enum without data.
    Enum(TypeRef<EnumSchema>),
}

impl ValueType {
    fn name(&self) -> String {
        let name = match self {
            Self::Scalar(scalar) => {
                let name = scalar.name();
                return name[..1].to_uppercase() + &name[1..];
            }
            Self::Message(message) => (message.schema)().name,
            Self::Enum(values) => (values.schema)().name.to_owned(),
        };
        match name.rsplit_once('.') {
            Some((_, last)) => last.to_owned(),
            None => name,
        }
    }
}

/// A built-in type of protobuf. The numbers are those of
/// `FieldDescriptorProto.Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Scalar {
    Double = 1,
    Float = 2,
    Int64 = 3,
    Uint64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Bytes = 12,
    Uint32 = 13,
    Sfixed32 = 15,
    Sfixed64 = 16,
    Sint32 = 17,
    Sint64 = 18,
}

impl Scalar {
    /// The name in a `.proto` file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }
}

/// The schema of an enum without data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnumSchema {
    /// The name, prefixed with its package if it has one of its own.
    pub name: &'static str,
    /// The documentation.
    pub docs: &'static str,
    /// The values, in the order of the type.
    pub values: &'static [EnumValue],
}

impl EnumSchema {
    /// An enum and its values.
    pub const fn new(name: &'static str, docs: &'static str, values: &'static [EnumValue]) -> Self {
        Self { name, docs, values }
    }
}

/// One value of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EnumValue {
    /// The name, in upper camel case.
    pub name: &'static str,
    /// The number.
    pub number: i32,
    /// The documentation.
    pub docs: &'static str,
}

impl EnumValue {
    /// A value of an enum.
    pub const fn new(name: &'static str, number: i32, docs: &'static str) -> Self {
        Self { name, number, docs }
    }
}
