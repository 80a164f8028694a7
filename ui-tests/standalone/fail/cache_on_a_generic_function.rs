#[kit::cache(ttl = "1s")]
pub async fn find<T: Send>(id: T) -> Result<T, kit::Status> {
    Ok(id)
}

#[kit::cache(ttl = "1s")]
pub async fn first<const N: usize>(ids: [u64; N]) -> Result<u64, kit::Status> {
    Ok(ids[0])
}

#[kit::cache(ttl = "1s")]
pub async fn named(name: impl Into<String>) -> Result<String, kit::Status> {
    Ok(name.into())
}

fn main() {}
