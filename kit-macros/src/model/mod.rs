//! The model of a service: its parsed tokens with all defaults applied.
//!
//! It can represent invalid services, which `check` reports; a model that reaches
//! `expand` has passed `check`.

mod argument;
mod attributes;
mod compiled;
mod http;
mod method;
mod names;
mod policies;
mod returns;
mod service;
mod timeouts;
mod variants;

#[cfg(any(test, feature = "config"))]
pub(crate) use self::compiled::CompiledValue;
pub(crate) use self::{
    argument::{Argument, Source},
    attributes::{cfgs, condition, krate},
    method::Method,
    policies::Policies,
    returns::Returns,
    service::{Service, client_has},
    timeouts::duration_expression,
};
