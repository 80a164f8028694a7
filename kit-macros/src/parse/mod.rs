//! Tokens to syntax, one file an attribute.
//!
//! What stands here knows how things are written and nothing of what they
//! mean together; bodies stay raw tokens, so that a mistake in one is rustc's
//! to report.

mod attributes;
mod endpoint;
mod entries;
mod function;
mod impls;
mod middleware;
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
    attributes::{Attributes, arguments, own_name},
    endpoint::{Endpoint, Verb},
    function::{FunctionArguments, KEYS as FUNCTION_KEYS},
    impls::{ImplItem, ImplSyntax},
    parameter::{Parameter, SourceSyntax},
    policy::{Policy, Said, Setting},
    qualified::unqualified,
    service::{ImplArguments, TraitArguments},
    timeout::{Timeout, TimeoutValue},
    traits::{MethodSyntax, TraitItem, TraitSyntax},
    transport::{Http, Transports},
};
