#[kit::breaker(crate = nowhere)]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
