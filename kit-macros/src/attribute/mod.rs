//! The drivers of the attribute macros: `#[kit::service]`, and kit's other attributes
//! outside of a service.

mod service;
mod standalone;

pub(crate) use self::{
    service::service,
    standalone::{Placement, expand_outside_service},
};
