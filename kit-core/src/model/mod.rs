//! The data model: services, methods, calls and their outcomes.
//!
//! All other layers are written in terms of these types: policies decide on a
//! [`Completion`](completion), transports carry a [`Context`](context::Context)
//! and a [`Status`](status::Status), documents are printed from a
//! [`ServiceDescriptor`](descriptor::ServiceDescriptor). So this is the lowest
//! layer: it imports no other, does no I/O, and holds policy configurations as
//! plain data.

pub(crate) mod argument;
pub(crate) mod attempt;
pub(crate) mod code;
pub(crate) mod completion;
pub mod context;
pub mod descriptor;
pub(crate) mod endpoint;
pub(crate) mod metadata;
pub(crate) mod method;
pub(crate) mod policies;
pub(crate) mod schema;
pub(crate) mod service_error;
pub(crate) mod side;
pub(crate) mod status;
pub(crate) mod streaming;
