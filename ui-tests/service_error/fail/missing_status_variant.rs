use kit::ServiceError;

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status(invalid_argument)]
    TwoZeroes,
}

fn main() {}
