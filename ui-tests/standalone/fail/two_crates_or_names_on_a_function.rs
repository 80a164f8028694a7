#[kit::breaker(crate = kit, name = "find")]
#[kit::retry(crate = ::kit, name = "found")]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::breaker(crate = kit, crate = kit)]
pub async fn twice(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
