use kit::ServiceError;

#[derive(Debug, thiserror::Error, ServiceError)]
enum AddError {
    #[error("no")]
    #[status]
    Everything,
}

fn main() {}
