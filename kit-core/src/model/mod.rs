//! The vocabulary of kit: what a service, a method and a call are.
//!
//! Everything else is written in terms of these types: policies decide on a
//! [`Completion`](completion), transports carry a [`Context`](context::Context)
//! and a [`Status`](status::Status), documents are printed from a
//! [`ServiceDescriptor`](descriptor::ServiceDescriptor). So this layer imports
//! nothing of kit, does no I/O, and holds configurations of policies as plain
//! data.

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
