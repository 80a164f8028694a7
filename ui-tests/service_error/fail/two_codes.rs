use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(not_found, aborted)]
    Lost,
    #[error("no")]
    #[status(not_found)]
    #[status(aborted)]
    Found,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
