//! `google/protobuf/descriptor.proto`: what reflection answers with.
//!
//! Just the parts that kit's own schemas can say, by kit's own derive.

/// `google.protobuf.FileDescriptorSet`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct FileDescriptorSet {
    pub(crate) file: Vec<FileDescriptorProto>,
}

/// `google.protobuf.FileDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct FileDescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) package: Option<String>,
    pub(crate) dependency: Vec<String>,
    pub(crate) message_type: Vec<DescriptorProto>,
    pub(crate) enum_type: Vec<EnumDescriptorProto>,
    pub(crate) service: Vec<ServiceDescriptorProto>,
    #[tag(9)]
    pub(crate) source_code_info: Option<SourceCodeInfo>,
    #[tag(12)]
    pub(crate) syntax: Option<String>,
}

/// `google.protobuf.DescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct DescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) field: Vec<FieldDescriptorProto>,
    pub(crate) nested_type: Vec<DescriptorProto>,
    #[tag(7)]
    pub(crate) options: Option<MessageOptions>,
    #[tag(8)]
    pub(crate) oneof_decl: Vec<OneofDescriptorProto>,
}

/// `google.protobuf.MessageOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct MessageOptions {
    #[tag(7)]
    pub(crate) map_entry: Option<bool>,
}

/// `google.protobuf.FieldDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct FieldDescriptorProto {
    #[tag(1)]
    pub(crate) name: Option<String>,
    #[tag(3)]
    pub(crate) number: Option<i32>,
    #[tag(4)]
    pub(crate) label: Option<i32>,
    #[tag(5)]
    pub(crate) r#type: Option<i32>,
    #[tag(6)]
    pub(crate) type_name: Option<String>,
    #[tag(8)]
    pub(crate) options: Option<FieldOptions>,
    #[tag(9)]
    pub(crate) oneof_index: Option<i32>,
    #[tag(10)]
    pub(crate) json_name: Option<String>,
    #[tag(17)]
    pub(crate) proto3_optional: Option<bool>,
}

/// `google.protobuf.FieldOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct FieldOptions {
    #[tag(3)]
    pub(crate) deprecated: Option<bool>,
}

/// `google.protobuf.OneofDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct OneofDescriptorProto {
    pub(crate) name: Option<String>,
}

/// `google.protobuf.EnumDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct EnumDescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) value: Vec<EnumValueDescriptorProto>,
}

/// `google.protobuf.EnumValueDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct EnumValueDescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) number: Option<i32>,
}

/// `google.protobuf.ServiceDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct ServiceDescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) method: Vec<MethodDescriptorProto>,
}

/// `google.protobuf.MethodDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct MethodDescriptorProto {
    pub(crate) name: Option<String>,
    pub(crate) input_type: Option<String>,
    pub(crate) output_type: Option<String>,
    pub(crate) options: Option<MethodOptions>,
    pub(crate) client_streaming: Option<bool>,
    pub(crate) server_streaming: Option<bool>,
}

/// `google.protobuf.MethodOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct MethodOptions {
    #[tag(33)]
    pub(crate) deprecated: Option<bool>,
    #[tag(34)]
    pub(crate) idempotency_level: Option<i32>,
}

/// `google.protobuf.SourceCodeInfo`, for the comments.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct SourceCodeInfo {
    pub(crate) location: Vec<Location>,
}

/// `google.protobuf.SourceCodeInfo.Location`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(crate) struct Location {
    pub(crate) path: Vec<i32>,
    pub(crate) span: Vec<i32>,
    pub(crate) leading_comments: Option<String>,
}
