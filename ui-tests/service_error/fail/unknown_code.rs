use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(invalid_arguments)]
    TwoZeroes,
    #[error("no")]
    #[status(teapot)]
    Teapot,
    #[error("no")]
    #[status("not_found")]
    Quoted,
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
