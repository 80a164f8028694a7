use kit::{ServiceError, Status};

#[derive(Debug, thiserror::Error, ServiceError)]
pub enum AddError {
    #[error("no")]
    #[status(not_fond)]
    Missing,
    #[error("no")]
    Status(#[from] Status),
}

#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, AddError>;
}

fn main() {
    let status = AddError::Missing.into_status();
    let _ = AddError::from_status(status).code();
}
