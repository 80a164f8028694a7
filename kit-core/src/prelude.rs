//! The common imports of a file that defines a service: `use kit::prelude::*;`.

#[cfg(feature = "grpc")]
pub use crate::Message;
pub use crate::{
    Code, Context, Endpoint, Method, Middleware, Outcome, ServiceError, Status, Streaming,
};
