#[kit::breaker(failures = 5)]
pub async fn find(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {}
