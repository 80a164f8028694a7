use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(ok)]
    Fine,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
