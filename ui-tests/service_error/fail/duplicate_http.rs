use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(internal, http = 500, http = 502)]
    Twice,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
