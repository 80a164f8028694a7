#[kit::retry(name = "retry")]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::breaker(name = "RateLimit")]
pub async fn look(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
