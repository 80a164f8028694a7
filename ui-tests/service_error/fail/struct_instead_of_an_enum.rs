use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
#[error("no")]
struct AddError(#[from] Status);

fn main() {}
