//! The layout of services and the types they use, in files.
//!
//! There is one file per package, as a client can load a symbol only once, and two
//! services of a package may share a type. A type without a package of its own is
//! defined in the package that uses it.
//!
//! Two Rust types of one name are two messages: the later one gets a number as a
//! suffix. Names of messages are not on the wire, so this is compatible.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};

use super::file::{Enum, Field, File, Kind, Message, Method, Service, Type, Value, join};
use crate::codec::proto::Message as _;
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::schema::{
    EnumSchema, FieldSchema, FieldType, MessageSchema, MethodSchema, Payload, TypeRef, ValueType,
};

/// Google's well-known types and their files.
const WELL_KNOWN: &[(&str, &str)] = &[
    (<()>::NAME, "google/protobuf/empty.proto"),
    (
        std::time::SystemTime::NAME,
        "google/protobuf/timestamp.proto",
    ),
    (std::time::Duration::NAME, "google/protobuf/duration.proto"),
];

/// Lays out services in files, which are in the order of their first use.
pub(super) fn layout(services: &[&ServiceDescriptor]) -> Vec<File> {
    let mut layout = Layout::default();
    // The name of a service is on the wire, so it must not get a number.
    for service in services {
        let (package, name) = split(service.name);
        layout.symbols.insert(join(package, name));
    }
    for service in services {
        layout.service(service);
    }
    layout.files
}

#[derive(Default)]
struct Layout {
    files: Vec<File>,
    /// The full names of types, by the package that uses them.
    names: HashMap<(String, TypeId), String>,
    symbols: HashSet<String>,
}

impl Layout {
    fn service(&mut self, descriptor: &ServiceDescriptor) {
        let (package, name) = split(descriptor.name);
        let methods = descriptor
            .methods
            .iter()
            .filter_map(|method| Some((method.meta, method.proto?)))
            .map(|(meta, schema)| self.method(package, meta, &schema))
            .collect();
        self.file(package).services.push(Service {
            name: name.to_owned(),
            docs: descriptor.docs.to_owned(),
            methods,
        });
    }

    fn method(&mut self, package: &str, meta: &MethodMeta, schema: &MethodSchema) -> Method {
        let wire_name = meta.wire_name;
        let request = self.payload(package, (schema.request)(), &format!("{wire_name}Request"));
        let response = self.payload(
            package,
            (schema.response)(),
            &format!("{wire_name}Response"),
        );
        Method {
            name: wire_name.to_owned(),
            docs: meta.docs.to_owned(),
            request,
            response,
            client_streaming: schema.client_streaming,
            server_streaming: schema.server_streaming,
            idempotent: meta.idempotent,
            deprecated: meta.deprecated,
        }
    }

    fn payload(&mut self, package: &str, payload: Payload, name: &str) -> String {
        match payload {
            Payload::Message(message) => self.message(package, message),
            Payload::Fields(fields) => {
                let (name, full) = self.unique(package, name);
                let place = self.reserve(package);
                let message = Message {
                    name,
                    fields: self.fields(package, fields),
                    ..Message::default()
                };
                self.file(package).types[place] = Type::Message(message);
                full
            }
        }
    }

    /// The full name of a message, which is laid out on its first use.
    fn message(&mut self, used_in: &str, message: TypeRef<MessageSchema>) -> String {
        if let Some(name) = self.names.get(&(used_in.to_owned(), message.id)) {
            return name.clone();
        }
        let schema = (message.schema)();
        if let Some(name) = self.well_known(used_in, &schema) {
            return name;
        }
        let (package, name) = placement(&schema.name, used_in);
        let (package, (name, full)) = (package.to_owned(), self.unique(package, name));
        // The name comes first, as the type may be recursive.
        self.names
            .insert((used_in.to_owned(), message.id), full.clone());
        self.names
            .insert((package.clone(), message.id), full.clone());
        let place = self.reserve(&package);
        let message = Message {
            name,
            docs: schema.docs.to_owned(),
            fields: self.fields(&package, schema.fields),
            one_of: schema.one_of,
        };
        self.file(&package).types[place] = Type::Message(message);
        self.import(used_in, &package);
        full
    }

    fn enumeration(&mut self, used_in: &str, values: TypeRef<EnumSchema>) -> String {
        if let Some(name) = self.names.get(&(used_in.to_owned(), values.id)) {
            return name.clone();
        }
        let schema = (values.schema)();
        let (package, name) = placement(schema.name, used_in);
        let (name, full) = self.unique(package, name);
        self.names
            .insert((used_in.to_owned(), values.id), full.clone());
        self.names
            .insert((package.to_owned(), values.id), full.clone());
        let place = self.reserve(package);
        // The values of an enum are names of its package, not of the enum.
        let prefix = screaming_snake_case(&name);
        let mut values: Vec<_> = schema
            .values
            .iter()
            .map(|value| {
                let name = format!("{prefix}_{}", screaming_snake_case(value.name));
                let (name, _) = self.unique(package, &name);
                (name, value.number, value.docs.to_owned())
            })
            .collect();
        // proto3 requires the default value to be the first.
        if let Some(default) = values.iter().position(|(_, number, _)| *number == 0) {
            values[..=default].rotate_right(1);
        }
        self.file(package).types[place] = Type::Enum(Enum {
            name,
            docs: schema.docs.to_owned(),
            values,
        });
        self.import(used_in, package);
        full
    }

    fn well_known(&mut self, used_in: &str, schema: &MessageSchema) -> Option<String> {
        let (name, path) = WELL_KNOWN.iter().find(|(name, _)| *name == schema.name)?;
        self.file(used_in).imports.insert((*path).to_owned());
        if !self.files.iter().any(|file| file.name == *path) {
            let (package, short) = split(name);
            let message = Message {
                name: short.to_owned(),
                fields: self.fields(package, schema.fields.clone()),
                ..Message::default()
            };
            self.files.push(File {
                name: (*path).to_owned(),
                package: package.to_owned(),
                types: vec![Type::Message(message)],
                ..File::default()
            });
        }
        Some((*name).to_owned())
    }

    fn fields(&mut self, package: &str, fields: Vec<FieldSchema>) -> Vec<Field> {
        let field = |field: FieldSchema| Field {
            name: field.name.to_owned(),
            number: field.tag,
            kind: self.kind(package, field.ty),
            docs: field.docs.to_owned(),
            deprecated: field.deprecated,
        };
        fields.into_iter().map(field).collect()
    }

    fn kind(&mut self, package: &str, ty: FieldType) -> Kind {
        match ty {
            FieldType::Single(value) => Kind::Single(self.value(package, value)),
            FieldType::Optional(value) => Kind::Optional(self.value(package, value)),
            FieldType::Repeated(value) => Kind::Repeated(self.value(package, value)),
            FieldType::Map(key, value) => Kind::Map(key, self.value(package, value)),
        }
    }

    fn value(&mut self, package: &str, ty: ValueType) -> Value {
        match ty {
            ValueType::Scalar(scalar) => Value::Scalar(scalar),
            ValueType::Message(message) => Value::Message(self.message(package, message)),
            ValueType::Enum(values) => Value::Enum(self.enumeration(package, values)),
        }
    }

    /// A name that is unique in its package, and the full name.
    fn unique(&mut self, package: &str, name: &str) -> (String, String) {
        let numbers = std::iter::once(String::new()).chain((2..).map(|n: u32| n.to_string()));
        for number in numbers {
            let name = format!("{name}{number}");
            let full = join(package, &name);
            if self.symbols.insert(full.clone()) {
                return (name, full);
            }
        }
        unreachable!("there are more numbers than types")
    }

    /// Reserves the place of a type in its file, before the types it uses.
    fn reserve(&mut self, package: &str) -> usize {
        let types = &mut self.file(package).types;
        types.push(Type::Message(Message::default()));
        types.len() - 1
    }

    fn import(&mut self, into: &str, package: &str) {
        if into != package {
            let path = path(package);
            self.file(into).imports.insert(path);
        }
    }

    fn file(&mut self, package: &str) -> &mut File {
        let name = path(package);
        let place = match self.files.iter().position(|file| file.name == name) {
            Some(place) => place,
            None => {
                self.files.push(File {
                    name,
                    package: package.to_owned(),
                    ..File::default()
                });
                self.files.len() - 1
            }
        };
        &mut self.files[place]
    }
}

/// The package of a type, and its name in it.
fn placement<'a>(name: &'a str, used_in: &'a str) -> (&'a str, &'a str) {
    match split(name) {
        ("", name) => (used_in, name),
        (package, name) => (package, name),
    }
}

/// The package of a full name, and the name in it.
fn split(full: &str) -> (&str, &str) {
    full.rsplit_once('.').unwrap_or(("", full))
}

/// The path of the file of a package.
fn path(package: &str) -> String {
    if package.is_empty() {
        return "default.proto".to_owned();
    }
    format!("{}.proto", package.replace('.', "/"))
}

/// `DarkRed` as `DARK_RED`.
fn screaming_snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let after = at.checked_sub(1).map(|before| chars[before]);
        let before_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = c.is_uppercase()
            && after.is_some_and(|after| after != '_' && (!after.is_uppercase() || before_lower));
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_uppercase());
    }
    out
}
