#[kit::cache(ttl = "1s")]
pub async fn find(name: &str) -> Result<usize, kit::Status> {
    Ok(name.len())
}

fn main() {}
