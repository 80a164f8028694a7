#[kit::timeout("1 second", at = client)]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::timeout("1s", at = both)]
pub async fn count() -> Result<u64, kit::Status> {
    Ok(0)
}

#[kit::retry]
#[kit::timeout]
pub async fn ask() -> Result<(), kit::Status> {
    Ok(())
}

#[kit::timeout("1s")]
#[kit::timeout("2s")]
pub async fn answer() -> Result<(), kit::Status> {
    Ok(())
}

const LIMIT: u64 = 5;

#[kit::timeout(LIMIT)]
pub async fn tell() -> Result<(), kit::Status> {
    Ok(())
}

fn main() {}
