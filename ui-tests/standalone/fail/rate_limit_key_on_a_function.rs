#[kit::rate_limit("10/s", key = peer)]
pub async fn by_peer(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::rate_limit("10/s", key = arg(id))]
pub async fn by_argument(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::rate_limit("10/s", key = header("x-tenant"))]
pub async fn by_header(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::rate_limit("10/s", max_keys = 10)]
pub async fn by_nothing(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
