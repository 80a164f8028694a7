//! Descriptors of services and methods, as constants.
//!
//! They hold names, routes, arguments, policies and documentation, as
//! `#[kit::service]` read them. Documents (`.proto`), reflection, consoles and
//! registries are made from them, without a running server.

pub use super::argument::{Argument, Source};
use crate::model::policies::Policies;
use crate::model::schema::MethodSchema;
use crate::model::service_error::ErrorCase;
use crate::model::side::Side;

/// The descriptor of a service.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ServiceDescriptor {
    /// The name on the wire, as in `pb.Add`.
    pub name: &'static str,
    /// The version, if the service declares one.
    pub version: Option<&'static str>,
    /// The trait's documentation.
    pub docs: &'static str,
    /// The methods, in the order of the trait.
    pub methods: &'static [MethodDescriptor],
}

impl ServiceDescriptor {
    /// A service with its methods.
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        methods: &'static [MethodDescriptor],
    ) -> Self {
        Self {
            name,
            version: None,
            docs,
            methods,
        }
    }

    /// Sets the version.
    #[must_use]
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }
}

/// The descriptor of a method: its [`MethodMeta`] and what its types add.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodDescriptor {
    /// Names, routes, arguments, policies.
    pub meta: &'static MethodMeta,
    /// The domain errors of its error type.
    pub errors: &'static [ErrorCase],
    /// The request and response as protobuf messages, if the method has a gRPC
    /// transport.
    pub proto: Option<MethodSchema>,
}

impl MethodDescriptor {
    /// A descriptor with metadata only.
    #[cfg(any(all(test, not(kit_loom)), feature = "config"))]
    pub(crate) const fn bare(meta: &'static MethodMeta) -> Self {
        Self {
            meta,
            errors: &[],
            proto: None,
        }
    }
}

/// The metadata of a method, from its signature and attributes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodMeta {
    /// The service's name on the wire, as in `pb.Add`.
    pub service: &'static str,
    /// The method's name in Rust, as in `sum`.
    pub name: &'static str,
    /// The method's name in gRPC, as in `Sum`.
    pub wire_name: &'static str,
    /// The method's path in gRPC, as in `/pb.Add/Sum`; empty without a gRPC
    /// transport.
    pub grpc_path: &'static str,
    /// The method's HTTP route, if it has an HTTP transport.
    pub http: Option<HttpRoute>,
    /// Whether a call may safely be repeated.
    pub idempotent: bool,
    /// Which of request and response are streams.
    pub shape: Shape,
    /// The arguments, in the order of the signature.
    pub arguments: &'static [Argument],
    /// The policies that the contract declares.
    pub policies: Policies,
    /// The policy values that come from a compiled-in file.
    pub compiled: Compiled,
    /// The method's documentation.
    pub docs: &'static str,
    /// Whether the method is marked `#[deprecated]`.
    pub deprecated: bool,
}

/// The policy values of a method that come from the file named by
/// `#[kit::service(config = "kit.toml")]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compiled {
    /// The file's name as in the attribute; empty without a file.
    pub file: &'static str,
    /// The values of the file.
    pub values: &'static [CompiledValue],
}

/// A policy value of a compiled-in file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompiledValue {
    /// The side that it applies to.
    pub side: Side,
    /// The policy, as in `rate_limit`.
    pub policy: &'static str,
    /// The key, as in `burst`; empty if the file switches the whole policy on or
    /// off.
    pub key: &'static str,
    /// The line in the file, from 1.
    pub line: u32,
}

impl Compiled {
    /// No file.
    pub const NONE: Self = Self::new("", &[]);

    /// The values of a file.
    pub const fn new(file: &'static str, values: &'static [CompiledValue]) -> Self {
        Self { file, values }
    }
}

impl CompiledValue {
    /// A value for clients.
    pub const fn client(policy: &'static str, key: &'static str, line: u32) -> Self {
        Self {
            side: Side::Client,
            policy,
            key,
            line,
        }
    }

    /// A value for servers.
    pub const fn server(policy: &'static str, key: &'static str, line: u32) -> Self {
        Self {
            side: Side::Server,
            policy,
            key,
            line,
        }
    }
}

/// An HTTP route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRoute {
    /// The HTTP method.
    pub verb: Verb,
    /// The path, with `{name}` for each argument in it.
    pub path: &'static str,
    /// The HTTP status of a successful response.
    pub status: u16,
}

/// The HTTP method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Verb {
    /// The name in HTTP, as in `GET`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Which of the request and the response of a method are streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One request, one response.
    Unary,
    /// A stream of requests, one response.
    ClientStreaming,
    /// One request, a stream of responses.
    ServerStreaming,
    /// A stream each way.
    Bidirectional,
}

impl MethodMeta {
    /// A unary method with no arguments, no routes and no policies.
    pub const fn new(service: &'static str, name: &'static str, wire_name: &'static str) -> Self {
        Self {
            service,
            name,
            wire_name,
            grpc_path: "",
            http: None,
            idempotent: false,
            shape: Shape::Unary,
            arguments: &[],
            policies: Policies::NONE,
            compiled: Compiled::NONE,
            docs: "",
            deprecated: false,
        }
    }

    /// Sets the HTTP route.
    #[must_use]
    pub const fn http(mut self, verb: Verb, path: &'static str, status: u16) -> Self {
        self.http = Some(HttpRoute { verb, path, status });
        self
    }

    /// Sets the gRPC path.
    #[must_use]
    pub const fn grpc(mut self, path: &'static str) -> Self {
        self.grpc_path = path;
        self
    }

    /// Marks the method as idempotent.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Sets which of request and response are streams.
    #[must_use]
    pub const fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the arguments.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Sets the declared policies.
    #[must_use]
    pub const fn policies(mut self, policies: Policies) -> Self {
        self.policies = policies;
        self
    }

    /// Sets the policy values of a compiled-in file.
    #[must_use]
    pub const fn compiled(mut self, compiled: Compiled) -> Self {
        self.compiled = compiled;
        self
    }

    /// Sets the documentation.
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// Marks the method as deprecated.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }
}
