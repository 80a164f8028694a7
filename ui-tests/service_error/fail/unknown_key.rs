use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
#[kit(name = "x")]
enum AddError {
    #[error("no")]
    #[status(internal, htpp = 500)]
    Slip,
    #[error("no")]
    #[status(internal, reason = "x")]
    Another,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
