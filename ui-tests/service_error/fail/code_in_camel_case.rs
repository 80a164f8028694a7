use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(InvalidArgument)]
    TwoZeroes,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
