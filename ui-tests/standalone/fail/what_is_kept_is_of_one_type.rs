#[kit::cache(ttl = "1s")]
pub async fn find<T: Send>(id: T) -> Result<T, kit::Status> {
    Ok(id)
}

fn main() {}
