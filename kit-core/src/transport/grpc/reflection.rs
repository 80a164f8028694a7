//! Server reflection, by which tools such as `grpcurl` list the services of a
//! server.
//!
//! It is off by default: a server should not disclose its services to
//! everyone. It is mounted like any service, and describes everything that is
//! mounted beside it, before or after.

// Public within this module, because the code that `#[kit::service]` generates
// for these types is public; the crate exports only `Reflection`.
#![allow(unreachable_pub, missing_docs)]

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context as TaskContext, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::contract::proto::FileSet;
use crate::model::code::Code;
use crate::model::descriptor::ServiceDescriptor;
use crate::model::status::Status;
use crate::model::streaming::Streaming;
use crate::transport::{Mount, Routes};

/// The reflection service, versions 1 and 1 alpha. Mount it to let clients list
/// the services of a server.
///
/// ```no_run
/// # async fn example() -> Result<(), kit::server::ServeError> {
/// kit::Server::new()
///     .mount(kit::grpc::Reflection)
///     .serve("127.0.0.1:8080")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Reflection;

impl Mount for Reflection {
    fn mount(self, routes: &mut Routes) {
        let contents = ServerContents::default();
        v1::ReflectionServer::new(contents.clone()).mount(routes);
        v1_alpha::ReflectionServer::new(contents.clone()).mount(routes);
        routes.on_complete(move |services| contents.set(services));
    }
}

mod v1 {
    use super::{Request, Response};
    use crate::{Status, Streaming};

    #[kit::service(name = "grpc.reflection.v1.ServerReflection")]
    #[transport(grpc)]
    pub trait Reflection {
        /// Responds to queries about the services of the server.
        async fn server_reflection_info(
            &self,
            requests: Streaming<Request>,
        ) -> Result<Streaming<Response>, Status>;
    }
}

mod v1_alpha {
    use super::{Request, Response};
    use crate::{Status, Streaming};

    #[kit::service(name = "grpc.reflection.v1alpha.ServerReflection")]
    #[transport(grpc)]
    pub trait Reflection {
        /// Responds to queries about the services of the server.
        async fn server_reflection_info(
            &self,
            requests: Streaming<Request>,
        ) -> Result<Streaming<Response>, Status>;
    }
}

/// A query: exactly one of the optional fields is present.
#[derive(Clone, Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ServerReflectionRequest")]
pub struct Request {
    #[tag(1)]
    host: String,
    #[tag(3)]
    file_by_filename: Option<String>,
    #[tag(4)]
    file_containing_symbol: Option<String>,
    #[tag(5)]
    file_containing_extension: Option<ExtensionRequest>,
    #[tag(6)]
    all_extension_numbers_of_type: Option<String>,
    #[tag(7)]
    list_services: Option<String>,
}

#[derive(Clone, Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ExtensionRequest")]
pub struct ExtensionRequest {
    containing_type: String,
    extension_number: i32,
}

/// The response to a query: exactly one of the optional fields is present
/// besides the query.
#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ServerReflectionResponse")]
pub struct Response {
    #[tag(1)]
    valid_host: String,
    #[tag(2)]
    original_request: Option<Request>,
    #[tag(4)]
    file_descriptor_response: Option<FileDescriptorResponse>,
    #[tag(5)]
    all_extension_numbers_response: Option<ExtensionNumberResponse>,
    #[tag(6)]
    list_services_response: Option<ListServiceResponse>,
    #[tag(7)]
    error_response: Option<ErrorResponse>,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.FileDescriptorResponse")]
pub struct FileDescriptorResponse {
    file_descriptor_proto: Vec<Bytes>,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ExtensionNumberResponse")]
pub struct ExtensionNumberResponse {
    base_type_name: String,
    extension_number: Vec<i32>,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ListServiceResponse")]
pub struct ListServiceResponse {
    service: Vec<ServiceResponse>,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ServiceResponse")]
pub struct ServiceResponse {
    name: String,
}

#[derive(Debug, kit::Message)]
#[kit(name = "grpc.reflection.v1.ErrorResponse")]
pub struct ErrorResponse {
    error_code: i32,
    error_message: String,
}

/// The contents of the server, once everything is mounted.
#[derive(Clone, Default)]
struct ServerContents(Arc<OnceLock<Contents>>);

struct Contents {
    services: Vec<&'static str>,
    files: FileSet,
}

impl ServerContents {
    fn set(&self, services: &[&'static ServiceDescriptor]) {
        let over_grpc = |service: &&&'static ServiceDescriptor| {
            let mut methods = service.methods.iter();
            methods.any(|method| !method.meta.grpc_path.is_empty())
        };
        let services: Vec<_> = services.iter().filter(over_grpc).copied().collect();
        // Called once per server.
        let _ = self.0.set(Contents {
            services: services.iter().map(|service| service.name).collect(),
            files: FileSet::new(&services),
        });
    }

    fn respond(&self, requests: Streaming<Request>) -> Streaming<Response> {
        Streaming::new(Responses {
            requests,
            contents: self.clone(),
        })
    }
}

impl v1::Reflection for ServerContents {
    async fn server_reflection_info(
        &self,
        requests: Streaming<Request>,
    ) -> Result<Streaming<Response>, Status> {
        Ok(self.respond(requests))
    }
}

impl v1_alpha::Reflection for ServerContents {
    async fn server_reflection_info(
        &self,
        requests: Streaming<Request>,
    ) -> Result<Streaming<Response>, Status> {
        Ok(self.respond(requests))
    }
}

/// The stream of responses to a stream of queries.
struct Responses {
    requests: Streaming<Request>,
    contents: ServerContents,
}

impl Stream for Responses {
    type Item = Result<Response, Status>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let Some(request) = ready!(Pin::new(&mut self.requests).poll_next(task)) else {
            return Poll::Ready(None);
        };
        let Some(contents) = self.contents.0.get() else {
            return Poll::Ready(Some(Err(Status::unavailable("no service is mounted yet"))));
        };
        Poll::Ready(Some(request.and_then(|request| contents.respond(request))))
    }
}

impl Contents {
    fn respond(&self, request: Request) -> Result<Response, Status> {
        let mut response = Response {
            valid_host: request.host.clone(),
            original_request: Some(request.clone()),
            file_descriptor_response: None,
            all_extension_numbers_response: None,
            list_services_response: None,
            error_response: None,
        };
        let found = if let Some(name) = &request.file_by_filename {
            self.file(name)
                .map(|files| response.file_descriptor_response = Some(files))
                .ok_or_else(|| format!("there is no file `{name}`"))
        } else if let Some(symbol) = &request.file_containing_symbol {
            self.files
                .file_of(symbol)
                .and_then(|name| self.file(name))
                .map(|files| response.file_descriptor_response = Some(files))
                .ok_or_else(|| format!("there is no symbol `{symbol}`"))
        } else if let Some(extension) = &request.file_containing_extension {
            Err(format!(
                "`{}` has no extension {}",
                extension.containing_type, extension.extension_number
            ))
        } else if let Some(name) = &request.all_extension_numbers_of_type {
            self.files
                .file_of(name)
                .map(|_| {
                    // proto3 has no extensions.
                    response.all_extension_numbers_response = Some(ExtensionNumberResponse {
                        base_type_name: name.clone(),
                        extension_number: Vec::new(),
                    });
                })
                .ok_or_else(|| format!("there is no type `{name}`"))
        } else if request.list_services.is_some() {
            response.list_services_response = Some(self.services());
            Ok(())
        } else {
            return Err(Status::invalid_argument("the reflection request is empty"));
        };
        if let Err(error_message) = found {
            response.error_response = Some(ErrorResponse {
                error_code: i32::from(Code::NotFound.number()),
                error_message,
            });
        }
        Ok(response)
    }

    fn file(&self, name: &str) -> Option<FileDescriptorResponse> {
        let file_descriptor_proto = self.files.descriptor_with_imports(name);
        (!file_descriptor_proto.is_empty()).then_some(FileDescriptorResponse {
            file_descriptor_proto,
        })
    }

    fn services(&self) -> ListServiceResponse {
        let names = self.services.iter();
        ListServiceResponse {
            service: names
                .map(|name| ServiceResponse {
                    name: (*name).to_owned(),
                })
                .collect(),
        }
    }
}
