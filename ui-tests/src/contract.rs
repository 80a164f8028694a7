//! A service trait in a crate of its own, without an implementation.

/// Errors of a greeting.
#[derive(Debug, thiserror::Error, kit::ServiceError)]
pub enum GreetError {
    /// The name is empty.
    #[error("a greeting needs a name")]
    #[status(invalid_argument)]
    Nameless,
    /// Any other failure.
    #[error(transparent)]
    Status(#[from] kit::Status),
}

/// Greets people.
#[kit::service(name = "ui.Greeter", dynamic, mock)]
#[transport(http(prefix = "/v1"), grpc)]
#[timeout("2s")]
pub trait Greeter {
    /// Says hello to one person.
    #[endpoint(get = "/hello/{name}")]
    async fn hello(&self, name: String) -> Result<String, GreetError>;

    /// Says goodbye.
    async fn goodbye(&self, cx: &kit::Context, name: String) -> Result<String, GreetError>;
}
