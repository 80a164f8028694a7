#[kit::breaker(crate = "kit", name = "users.find")]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::breaker(crate, name = "")]
pub async fn look(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::timeout("1s", crate =, name = 3)]
pub async fn search(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::retry(nmae = "look")]
pub async fn misspelled(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
