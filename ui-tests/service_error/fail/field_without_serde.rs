use kit::{ServiceError, Status};

#[derive(Debug)]
pub struct Limit(pub u32);

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(resource_exhausted)]
    TooLong { limit: Limit },
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
