//! Converts a file to the descriptor that protoc would make of its text.

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FieldOptions, FileDescriptorProto, Location, MessageOptions, MethodDescriptorProto,
    MethodOptions, OneofDescriptorProto, ServiceDescriptorProto, SourceCodeInfo,
};
use super::file::{
    Enum, Field, File, Kind, Message, Method, Service, Type, Value, join, json_name,
};
use crate::model::schema::Scalar;

/// The descriptor of a file.
pub(super) fn file(file: &File) -> FileDescriptorProto {
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
                // The label `optional` is encoded as a oneof of one field.
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
/// `FieldDescriptorProto.Type` of types other than a [`Scalar`].
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

/// The documentation, by the paths that `descriptor.proto` defines.
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
            // There is no source text to refer to.
            span: vec![0, 0, 0],
            leading_comments: Some(lines.collect()),
        });
    }
}
