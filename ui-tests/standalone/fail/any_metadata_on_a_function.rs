#[kit::cache(ttl = "1s", any_metadata)]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
