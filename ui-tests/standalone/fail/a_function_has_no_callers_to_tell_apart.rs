#[kit::rate_limit("10/s", key = peer)]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
