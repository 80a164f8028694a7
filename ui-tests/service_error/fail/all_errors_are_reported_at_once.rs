use kit::ServiceError;

use std::fmt;

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(not_fond)]
    Missing,
    #[error("no")]
    #[status(internal, http = 999)]
    Broken,
    #[error("no")]
    Forgotten,
}

fn _unrelated(_: &fmt::Error) {}

fn main() {}
