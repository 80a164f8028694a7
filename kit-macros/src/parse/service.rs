//! Parses the arguments of `#[kit::service(..)]`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::{Expr, LitStr, Path};

use super::entries::{Entry, Grammar, Value};
use crate::diagnostic::Errors;

/// `#[kit::service(..)]` on a trait.
#[derive(Clone, Debug, Default)]
pub(crate) struct TraitArguments {
    pub(crate) krate: Option<Path>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<LitStr>,
    pub(crate) dynamic: bool,
    pub(crate) mock: bool,
    /// The file with values of policies.
    pub(crate) config: Option<LitStr>,
}

/// `#[kit::service(..)]` on an impl.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImplArguments {
    pub(crate) krate: Option<Path>,
    pub(crate) register: Option<Register>,
}

/// `register` or `register = expr`
#[derive(Clone, Debug)]
pub(crate) struct Register {
    pub(crate) key: Ident,
    pub(crate) service: Option<Expr>,
}

const GRAMMAR: Grammar = Grammar {
    attribute: "kit::service",
    keys: &[
        "name", "version", "dynamic", "mock", "config", "crate", "register",
    ],
};

impl TraitArguments {
    /// Parses the arguments on a trait.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        for entry in GRAMMAR.read(tokens, errors) {
            match entry.key.unraw().to_string().as_str() {
                "name" => arguments.name = entry.string("name = \"pb.Add\"", errors),
                "version" => arguments.version = entry.string("version = \"1.0\"", errors),
                "dynamic" => arguments.dynamic = entry.flag(errors),
                "mock" => arguments.mock = entry.flag(errors),
                "crate" => arguments.krate = krate(&entry, errors),
                "config" => arguments.config = entry.string("config = \"kit.toml\"", errors),
                _ => errors.on(
                    &entry.key,
                    "`register` belongs on an impl: it mounts one server",
                    "move it: `#[kit::service(register)] impl .. for .. { .. }`",
                ),
            }
        }
        arguments
    }
}

impl ImplArguments {
    /// Parses the arguments on an impl.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        for entry in GRAMMAR.read(tokens, errors) {
            let key = entry.key.unraw().to_string();
            match key.as_str() {
                "crate" => arguments.krate = krate(&entry, errors),
                "register" => arguments.register = Register::read(entry, errors),
                _ => errors.on(
                    &entry.key,
                    format_args!("`{key}` belongs on the trait: every server and client share it"),
                    format_args!("move `{key}` to the `#[kit::service(..)]` of the trait"),
                ),
            }
        }
        arguments
    }
}

impl Register {
    fn read(entry: Entry, errors: &mut Errors) -> Option<Self> {
        let service = match entry.value {
            Value::Flag => None,
            Value::Expr(expr) => Some(*expr),
            Value::List(_) => {
                entry.wrong_type("an expression", "register = Basic::new()", errors);
                return None;
            }
        };
        Some(Self {
            key: entry.key,
            service,
        })
    }
}

/// The path of `crate = path`.
pub(super) fn krate(entry: &Entry, errors: &mut Errors) -> Option<Path> {
    if let Value::Expr(expr) = &entry.value
        && let Expr::Path(path) = &**expr
        && path.qself.is_none()
    {
        return Some(path.path.clone());
    }
    entry.wrong_type("the path of the kit crate", "crate = ::kit", errors);
    None
}
