//! The `.proto` files and file descriptors of services.
//!
//! [`FileSet`] lays services and the types they use out in files; `print`
//! writes a file as text, and gRPC reflection serves the same files as
//! `google.protobuf.FileDescriptorProto`.

pub(crate) mod descriptor;
pub(crate) mod file;
pub(crate) mod files;
mod print;

pub use self::files::FileSet;
