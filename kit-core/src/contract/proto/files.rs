//! The schemas of services, for documents and for reflection.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FieldOptions, FileDescriptorProto, FileDescriptorSet, Location, MessageOptions,
    MethodDescriptorProto, MethodOptions, OneofDescriptorProto, ServiceDescriptorProto,
    SourceCodeInfo,
};
use super::file::{self, Enum, Field, File, Kind, Message, Method, Service, Type, Value, join};
use super::print;
use crate::codec::proto::Message as _;
use crate::model::descriptor::ServiceDescriptor;
use crate::model::schema::Scalar;

/// The `.proto` files of some services and of all that these use, google's
/// well-known types among them: as text, and as the descriptors that protoc
/// would make of it.
///
/// ```
/// # let service = kit::ServiceDescriptor::new("pb.Nothing", "Does nothing.", &[]);
/// use kit::codec::proto::FileSet;
///
/// let files = FileSet::new(&[&service]);
/// assert_eq!(files.file_of("pb.Nothing"), Some("pb.proto"));
/// assert_eq!(
///     files.text("pb.proto").as_deref(),
///     Some("syntax = \"proto3\";\n\npackage pb;\n\n// Does nothing.\nservice Nothing {\n}\n"),
/// );
/// ```
#[derive(Debug)]
pub struct FileSet {
    files: Vec<File>,
    descriptors: HashMap<String, FileDescriptorProto>,
    /// Full name → file.
    symbols: HashMap<String, String>,
}

impl FileSet {
    /// The files of these services.
    pub fn new(services: &[&ServiceDescriptor]) -> Self {
        let files = file::layout(services);
        let (mut symbols, mut descriptors) = (HashMap::new(), HashMap::new());
        for file in &files {
            for symbol in symbols_of(file) {
                symbols.insert(symbol, file.name.clone());
            }
            descriptors.insert(file.name.clone(), describe(file));
        }
        Self {
            files,
            descriptors,
            symbols,
        }
    }

    /// The names of the files, as in `acme/v1.proto` for the package
    /// `acme.v1`; those of google's types are among them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| &*file.name)
    }

    /// The file that defines a service, a method, a message, a field, an enum
    /// or its value, by the full name without a leading dot.
    pub fn file_of(&self, symbol: &str) -> Option<&str> {
        self.symbols.get(symbol).map(String::as_str)
    }

    /// A file as `google.protobuf.FileDescriptorProto`.
    pub fn descriptor(&self, name: &str) -> Option<Bytes> {
        self.descriptors
            .get(name)
            .map(FileDescriptorProto::to_bytes)
    }

    /// A file and all that it imports, itself first: what reflection answers.
    /// Empty where there is no such file.
    pub fn descriptor_with_imports(&self, name: &str) -> Vec<Bytes> {
        self.closure(name)
            .into_iter()
            .filter_map(|name| self.descriptor(name))
            .collect()
    }

    /// All files as `google.protobuf.FileDescriptorSet`, each after what it
    /// imports.
    pub fn descriptor_set(&self) -> Bytes {
        let mut done = HashSet::new();
        let mut set = FileDescriptorSet::default();
        for file in &self.files {
            let mut names = self.closure(&file.name);
            names.reverse();
            for name in names {
                if done.insert(name)
                    && let Some(descriptor) = self.descriptors.get(name)
                {
                    set.file.push(descriptor.clone());
                }
            }
        }
        set.to_bytes()
    }

    /// A file as protoc reads it.
    pub fn text(&self, name: &str) -> Option<String> {
        file::by_name(&self.files)
            .get(name)
            .map(|file| print::file(file))
    }

    /// A file and what it imports, each before what it imports itself.
    fn closure<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let files = file::by_name(&self.files);
        let mut found = (HashSet::new(), Vec::new());
        visit(&files, name, &mut found);
        found.1.reverse();
        found.1
    }
}

/// Adds a file behind all that it imports.
fn visit<'a>(
    files: &HashMap<&'a str, &'a File>,
    name: &str,
    found: &mut (HashSet<&'a str>, Vec<&'a str>),
) {
    let Some((name, file)) = files.get_key_value(name) else {
        return;
    };
    if found.0.insert(name) {
        for import in &file.imports {
            visit(files, import, found);
        }
        found.1.push(name);
    }
}

impl ServiceDescriptor {
    /// The service as a `.proto` file that protoc accepts: its methods over
    /// gRPC, the messages, and the documentation of both.
    ///
    /// Types that say a package of their own are imported from a file that is
    /// named after it; [`FileSet`] has those too.
    pub fn proto(&self) -> String {
        let files = FileSet::new(&[self]);
        files
            .file_of(self.name)
            .and_then(|name| files.text(name))
            .unwrap_or_default()
    }
}

fn symbols_of(file: &File) -> Vec<String> {
    let mut symbols = Vec::new();
    for service in &file.services {
        let name = join(&file.package, &service.name);
        symbols.extend(
            service
                .methods
                .iter()
                .map(|method| join(&name, &method.name)),
        );
        symbols.push(name);
    }
    for ty in &file.types {
        match ty {
            Type::Message(message) => {
                let name = join(&file.package, &message.name);
                let fields = message.fields.iter();
                symbols.extend(fields.clone().map(|field| join(&name, &field.name)));
                symbols.extend(
                    fields
                        .filter_map(Field::entry_name)
                        .map(|entry| join(&name, &entry)),
                );
                symbols.push(name);
            }
            Type::Enum(values) => {
                symbols.push(join(&file.package, &values.name));
                let names = values.values.iter();
                symbols.extend(names.map(|(name, ..)| join(&file.package, name)));
            }
        }
    }
    symbols
}

fn describe(file: &File) -> FileDescriptorProto {
    let (mut messages, mut enums) = (Vec::new(), Vec::new());
    for ty in &file.types {
        match ty {
            Type::Message(message) => messages.push(message.describe(&file.package)),
            Type::Enum(values) => enums.push(values.describe()),
        }
    }
    FileDescriptorProto {
        name: Some(file.name.clone()),
        package: (!file.package.is_empty()).then(|| file.package.clone()),
        dependency: file.imports.iter().cloned().collect(),
        message_type: messages,
        enum_type: enums,
        service: file.services.iter().map(Service::describe).collect(),
        source_code_info: comments(file),
        syntax: Some("proto3".to_owned()),
    }
}

impl Service {
    fn describe(&self) -> ServiceDescriptorProto {
        ServiceDescriptorProto {
            name: Some(self.name.clone()),
            method: self.methods.iter().map(Method::describe).collect(),
        }
    }
}

/// `MethodOptions.IdempotencyLevel.IDEMPOTENT`.
const IDEMPOTENT: i32 = 2;

impl Method {
    fn describe(&self) -> MethodDescriptorProto {
        let options = MethodOptions {
            deprecated: self.deprecated.then_some(true),
            idempotency_level: self.idempotent.then_some(IDEMPOTENT),
        };
        MethodDescriptorProto {
            name: Some(self.name.clone()),
            input_type: Some(format!(".{}", self.request)),
            output_type: Some(format!(".{}", self.response)),
            options: (options != MethodOptions::default()).then_some(options),
            client_streaming: self.client_streaming.then_some(true),
            server_streaming: self.server_streaming.then_some(true),
        }
    }
}

impl Message {
    /// The name of its one oneof, which must not be a field's.
    pub(crate) fn one_of_name(&self) -> String {
        let mut name = "value".to_owned();
        while self.fields.iter().any(|field| field.name == name) {
            name.push('_');
        }
        name
    }

    fn describe(&self, package: &str) -> DescriptorProto {
        let mut out = DescriptorProto {
            name: Some(self.name.clone()),
            ..DescriptorProto::default()
        };
        if self.one_of {
            out.oneof_decl.push(one_of(self.one_of_name()));
        }
        for field in &self.fields {
            let mut described = field.describe();
            match &field.kind {
                Kind::Map(key, value) => {
                    let entry = field.entry(*key, value);
                    let entry_name = entry.name.as_deref().unwrap_or_default();
                    let message = join(package, &self.name);
                    described.type_name = Some(format!(".{message}.{entry_name}"));
                    out.nested_type.push(entry);
                }
                // The label `optional` is a oneof of one field underneath.
                Kind::Optional(Value::Scalar(_) | Value::Enum(_)) => {
                    described.oneof_index = i32::try_from(out.oneof_decl.len()).ok();
                    described.proto3_optional = Some(true);
                    out.oneof_decl.push(one_of(format!("_{}", field.name)));
                }
                _ if self.one_of => described.oneof_index = Some(0),
                _ => {}
            }
            out.field.push(described);
        }
        out
    }
}

fn one_of(name: String) -> OneofDescriptorProto {
    OneofDescriptorProto { name: Some(name) }
}

/// `FieldDescriptorProto.Label`.
const LABEL_OPTIONAL: i32 = 1;
const LABEL_REPEATED: i32 = 3;
/// `FieldDescriptorProto.Type` of what is not a [`Scalar`].
const TYPE_MESSAGE: i32 = 11;
const TYPE_ENUM: i32 = 14;

impl Field {
    fn describe(&self) -> FieldDescriptorProto {
        let (label, value) = match &self.kind {
            Kind::Single(value) | Kind::Optional(value) => (LABEL_OPTIONAL, value),
            Kind::Repeated(value) | Kind::Map(_, value) => (LABEL_REPEATED, value),
        };
        let (ty, type_name) = match (&self.kind, value) {
            (Kind::Map(..), _) => (TYPE_MESSAGE, None),
            (_, Value::Scalar(scalar)) => (*scalar as i32, None),
            (_, Value::Message(name)) => (TYPE_MESSAGE, Some(format!(".{name}"))),
            (_, Value::Enum(name)) => (TYPE_ENUM, Some(format!(".{name}"))),
        };
        FieldDescriptorProto {
            name: Some(self.name.clone()),
            number: i32::try_from(self.number).ok(),
            label: Some(label),
            r#type: Some(ty),
            type_name,
            options: self.deprecated.then_some(FieldOptions {
                deprecated: Some(true),
            }),
            json_name: Some(json_name(&self.name)),
            ..FieldDescriptorProto::default()
        }
    }

    /// The name of the message that a map's entries are.
    pub(crate) fn entry_name(&self) -> Option<String> {
        let Kind::Map(..) = self.kind else {
            return None;
        };
        let camel = json_name(&format!("_{}", self.name));
        Some(format!("{camel}Entry"))
    }

    fn entry(&self, key: Scalar, value: &Value) -> DescriptorProto {
        let part = |name: &str, number, value: Value| {
            Self {
                name: name.to_owned(),
                number,
                kind: Kind::Single(value),
                docs: String::new(),
                deprecated: false,
            }
            .describe()
        };
        DescriptorProto {
            name: self.entry_name(),
            field: vec![
                part("key", 1, Value::Scalar(key)),
                part("value", 2, value.clone()),
            ],
            options: Some(MessageOptions {
                map_entry: Some(true),
            }),
            ..DescriptorProto::default()
        }
    }
}

impl Enum {
    fn describe(&self) -> EnumDescriptorProto {
        let values = self.values.iter();
        EnumDescriptorProto {
            name: Some(self.name.clone()),
            value: values
                .map(|(name, number, _)| EnumValueDescriptorProto {
                    name: Some(name.clone()),
                    number: Some(*number),
                })
                .collect(),
        }
    }
}

/// `unit_price` as `unitPrice`: protoc's rule.
fn json_name(name: &str) -> String {
    let mut out = String::new();
    let mut starts_word = false;
    for c in name.chars() {
        if c == '_' {
            starts_word = true;
        } else if starts_word {
            out.push(c.to_ascii_uppercase());
            starts_word = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// The documentation, by the places that `descriptor.proto` numbers.
fn comments(file: &File) -> Option<SourceCodeInfo> {
    let mut info = SourceCodeInfo::default();
    let (mut messages, mut enums) = (0, 0);
    for ty in &file.types {
        match ty {
            Type::Message(message) => {
                info.comment(&[4, messages], &message.docs);
                for (field, at) in message.fields.iter().zip(0..) {
                    info.comment(&[4, messages, 2, at], &field.docs);
                }
                messages += 1;
            }
            Type::Enum(values) => {
                info.comment(&[5, enums], &values.docs);
                for ((_, _, docs), at) in values.values.iter().zip(0..) {
                    info.comment(&[5, enums, 2, at], docs);
                }
                enums += 1;
            }
        }
    }
    for (service, at) in file.services.iter().zip(0..) {
        info.comment(&[6, at], &service.docs);
        for (method, which) in service.methods.iter().zip(0..) {
            info.comment(&[6, at, 2, which], &method.docs);
        }
    }
    (!info.location.is_empty()).then_some(info)
}

impl SourceCodeInfo {
    fn comment(&mut self, path: &[i32], docs: &str) {
        if docs.is_empty() {
            return;
        }
        let lines = docs.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!(" {line}\n"),
        });
        self.location.push(Location {
            path: path.to_vec(),
            // There is no text to point into.
            span: vec![0, 0, 0],
            leading_comments: Some(lines.collect()),
        });
    }
}
