//! The messages of `google/protobuf/descriptor.proto`, by kit's own derive.
//!
//! Only the parts that kit's schemas can express.

/// `google.protobuf.FileDescriptorSet`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct FileDescriptorSet {
    pub(super) file: Vec<FileDescriptorProto>,
}

/// `google.protobuf.FileDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct FileDescriptorProto {
    pub(super) name: Option<String>,
    pub(super) package: Option<String>,
    pub(super) dependency: Vec<String>,
    pub(super) message_type: Vec<DescriptorProto>,
    pub(super) enum_type: Vec<EnumDescriptorProto>,
    pub(super) service: Vec<ServiceDescriptorProto>,
    #[tag(9)]
    pub(super) source_code_info: Option<SourceCodeInfo>,
    #[tag(12)]
    pub(super) syntax: Option<String>,
}

/// `google.protobuf.DescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct DescriptorProto {
    pub(super) name: Option<String>,
    pub(super) field: Vec<FieldDescriptorProto>,
    pub(super) nested_type: Vec<DescriptorProto>,
    #[tag(7)]
    pub(super) options: Option<MessageOptions>,
    #[tag(8)]
    pub(super) oneof_decl: Vec<OneofDescriptorProto>,
}

/// `google.protobuf.MessageOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct MessageOptions {
    #[tag(7)]
    pub(super) map_entry: Option<bool>,
}

/// `google.protobuf.FieldDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct FieldDescriptorProto {
    #[tag(1)]
    pub(super) name: Option<String>,
    #[tag(3)]
    pub(super) number: Option<i32>,
    #[tag(4)]
    pub(super) label: Option<i32>,
    #[tag(5)]
    pub(super) r#type: Option<i32>,
    #[tag(6)]
    pub(super) type_name: Option<String>,
    #[tag(8)]
    pub(super) options: Option<FieldOptions>,
    #[tag(9)]
    pub(super) oneof_index: Option<i32>,
    #[tag(10)]
    pub(super) json_name: Option<String>,
    #[tag(17)]
    pub(super) proto3_optional: Option<bool>,
}

/// `google.protobuf.FieldOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct FieldOptions {
    #[tag(3)]
    pub(super) deprecated: Option<bool>,
}

/// `google.protobuf.OneofDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct OneofDescriptorProto {
    pub(super) name: Option<String>,
}

/// `google.protobuf.EnumDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct EnumDescriptorProto {
    pub(super) name: Option<String>,
    pub(super) value: Vec<EnumValueDescriptorProto>,
}

/// `google.protobuf.EnumValueDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct EnumValueDescriptorProto {
    pub(super) name: Option<String>,
    pub(super) number: Option<i32>,
}

/// `google.protobuf.ServiceDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct ServiceDescriptorProto {
    pub(super) name: Option<String>,
    pub(super) method: Vec<MethodDescriptorProto>,
}

/// `google.protobuf.MethodDescriptorProto`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct MethodDescriptorProto {
    pub(super) name: Option<String>,
    pub(super) input_type: Option<String>,
    pub(super) output_type: Option<String>,
    pub(super) options: Option<MethodOptions>,
    pub(super) client_streaming: Option<bool>,
    pub(super) server_streaming: Option<bool>,
}

/// `google.protobuf.MethodOptions`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct MethodOptions {
    #[tag(33)]
    pub(super) deprecated: Option<bool>,
    #[tag(34)]
    pub(super) idempotency_level: Option<i32>,
}

/// `google.protobuf.SourceCodeInfo`, which has the comments.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct SourceCodeInfo {
    pub(super) location: Vec<Location>,
}

/// `google.protobuf.SourceCodeInfo.Location`.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct Location {
    pub(super) path: Vec<i32>,
    pub(super) span: Vec<i32>,
    pub(super) leading_comments: Option<String>,
}
