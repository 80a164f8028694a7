use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(internal, http = 200)]
    Fine,
    #[error("no")]
    #[status(internal, http = 600)]
    TooFar,
    #[error("no")]
    #[status(internal, http = 70000)]
    Further,
    #[error("no")]
    #[status(internal, http = "404")]
    Quoted,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
