use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    TwoZeroes,
    #[error("no")]
    TooLong { limit: u32 },
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
