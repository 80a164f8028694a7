use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError<'a> {
    #[error("no {name}")]
    #[status(not_found)]
    Missing { name: &'a str },
    #[error("no")]
    Status(#[from] Status),
}

fn main() {}
