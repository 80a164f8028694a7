//! The `.proto` files and file descriptors of services.
//!
//! Services and their types are laid out in files once, as data; the text of a file
//! and its `google.protobuf.FileDescriptorProto`, which gRPC reflection serves, are
//! both made from that.

mod describe;
mod descriptor;
mod file;
mod file_set;
mod layout;
mod print;

pub use self::file_set::FileSet;
