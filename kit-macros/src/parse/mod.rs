//! The parser: tokens to syntax, one file per attribute.
//!
//! It checks the syntax of each item, and no rules about several of them. Bodies
//! of functions stay raw tokens, so that rustc reports mistakes in them.

mod attributes;
mod endpoint;
mod entries;
mod function;
mod impls;
mod middleware;
mod own;
mod parameter;
mod policy;
mod qualified;
pub(crate) mod route;
mod service;
mod timeout;
mod traits;
mod transport;
pub(crate) mod unavailable;

#[cfg(any(test, feature = "config"))]
pub(crate) use self::policy::unavailable_value;
pub(crate) use self::{
    attributes::Attributes,
    endpoint::{Endpoint, Verb},
    function::{FunctionArguments, KEYS as FUNCTION_KEYS},
    impls::{ImplItem, ImplSyntax},
    own::{arguments, own_name},
    parameter::{Parameter, SourceSyntax},
    policy::{ParsedValue, Policy, Setting},
    qualified::unqualified,
    service::{ImplArguments, TraitArguments},
    timeout::{Timeout, TimeoutValue},
    traits::{MethodSyntax, TraitItem, TraitSyntax},
    transport::{Http, Transports},
};
