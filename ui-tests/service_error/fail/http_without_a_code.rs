use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(http = 400)]
    TwoZeroes,
    #[error("no")]
    #[status()]
    Empty,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
