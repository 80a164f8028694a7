//! What a service file needs, and nothing else: `use kit::prelude::*;`.

#[cfg(feature = "grpc")]
pub use crate::Message;
pub use crate::{
    Code, Context, Endpoint, Method, Middleware, Outcome, ServiceError, Status, Streaming,
};
