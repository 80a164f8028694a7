#[kit::breaker(failures = 5)]
#[kit::breaker(failures = 6)]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
