use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    Status(#[from] Status),
    #[error("no")]
    Upstream(kit::Status),
}

fn main() {}
