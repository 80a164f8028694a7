//! What is known of a service without running it.
//!
//! Everything here is `const`: names, routes, arguments, policies and
//! documentation, as `#[kit::service]` read them. Documents (`.proto`),
//! reflection, consoles and registries are made from it, with no server
//! needed.

pub use super::argument::{Argument, Source};
use crate::model::policies::Policies;
use crate::model::service_error::ErrorCase;
use crate::model::side::Side;

/// A service: its methods, its name on the wire, its documentation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ServiceDescriptor {
    /// The name on the wire, as in `pb.Add`.
    pub name: &'static str,
    /// The version, where the service states one.
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

    /// The same with a version.
    #[must_use]
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }
}

/// A method of a service, with what its types add to its [`MethodMeta`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodDescriptor {
    /// Names, route, arguments, policies.
    pub meta: &'static MethodMeta,
    /// The domain errors of its error type.
    pub errors: &'static [ErrorCase],
    /// The request and response as protobuf messages, where the method has a
    /// gRPC transport.
    #[cfg(feature = "grpc")]
    pub proto: Option<crate::model::schema::MethodSchema>,
}

impl MethodDescriptor {
    /// A method of which only its metadata is known.
    #[cfg(any(all(test, not(kit_loom)), feature = "config"))]
    pub(crate) const fn bare(meta: &'static MethodMeta) -> Self {
        Self {
            meta,
            errors: &[],
            #[cfg(feature = "grpc")]
            proto: None,
        }
    }

    /// The request and response as protobuf messages, where the method has a
    /// gRPC transport and this build of kit has it.
    pub(crate) fn proto(&self) -> Option<crate::model::schema::MethodSchema> {
        #[cfg(feature = "grpc")]
        return self.proto;
        #[cfg(not(feature = "grpc"))]
        None
    }
}

/// What a trait method's signature and attributes say.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MethodMeta {
    /// The service's name on the wire, as in `pb.Add`.
    pub service: &'static str,
    /// The method's name in Rust, as in `sum`.
    pub name: &'static str,
    /// The method's name on a gRPC wire, as in `Sum`.
    pub wire_name: &'static str,
    /// The method's path on a gRPC wire, as in `/pb.Add/Sum`; empty where it
    /// has no gRPC transport.
    pub grpc_path: &'static str,
    /// The method's HTTP route, where it has an HTTP transport.
    pub http: Option<HttpRoute>,
    /// Whether a call may safely be made twice.
    pub idempotent: bool,
    /// What streams.
    pub shape: Shape,
    /// The arguments, in the order of the signature.
    pub arguments: &'static [Argument],
    /// The policies that the contract declares.
    pub policies: Policies,
    /// Which of their values come from a file that was compiled in.
    pub compiled: Compiled,
    /// The method's documentation.
    pub docs: &'static str,
    /// Whether the method is marked `#[deprecated]`.
    pub deprecated: bool,
}

/// Which values of a method's policies come from the file that
/// `#[kit::service(config = "kit.toml")]` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compiled {
    /// The file's name, as the attribute has it; empty where there is none.
    pub file: &'static str,
    /// The values that it gave.
    pub values: &'static [CompiledValue],
}

/// A value of a policy that a file gave as the contract was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompiledValue {
    /// The side that it is for.
    pub side: Side,
    /// The policy, as in `rate_limit`.
    pub policy: &'static str,
    /// The key, as in `burst`; empty where the file switched the policy on or
    /// off.
    pub key: &'static str,
    /// The line in the file, from 1.
    pub line: u32,
}

impl Compiled {
    /// No file.
    pub const NONE: Self = Self::new("", &[]);

    /// What a file gave.
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

/// A route over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRoute {
    /// The HTTP method.
    pub verb: Verb,
    /// The path, with `{name}` for each argument in it.
    pub path: &'static str,
    /// The status of a reply that succeeds.
    pub status: u16,
}

/// An HTTP method that an endpoint may have.
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
    /// The name on the wire, as in `GET`.
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

/// What streams in a call.
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

    /// The same with an HTTP route.
    #[must_use]
    pub const fn http(mut self, verb: Verb, path: &'static str, status: u16) -> Self {
        self.http = Some(HttpRoute { verb, path, status });
        self
    }

    /// The same with a gRPC path.
    #[must_use]
    pub const fn grpc(mut self, path: &'static str) -> Self {
        self.grpc_path = path;
        self
    }

    /// The same, safe to call twice.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The same with something that streams.
    #[must_use]
    pub const fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The same with arguments.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// The same with policies.
    #[must_use]
    pub const fn policies(mut self, policies: Policies) -> Self {
        self.policies = policies;
        self
    }

    /// The same with values that a file gave as the contract was compiled.
    #[must_use]
    pub const fn compiled(mut self, compiled: Compiled) -> Self {
        self.compiled = compiled;
        self
    }

    /// The same with documentation.
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// The same, marked deprecated.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }
}
