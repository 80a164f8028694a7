#[derive(Debug, thiserror::Error)]
pub enum UserError {
    #[error("no such user")]
    Unknown,
}

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, UserError>;
}

fn main() {}
