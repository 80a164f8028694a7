#[kit::timeout("1s")]
pub fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::timeout("1s")]
pub async fn count() -> u64 {
    0
}

#[kit::timeout("1s")]
pub async fn rename() -> Result<(), String> {
    Ok(())
}

#[kit::timeout("1s")]
pub struct Users;

fn main() {}
