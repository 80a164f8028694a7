#[kit::timeout("1s")]
#[kit::retry(attempt_timeout = "1s")]
pub async fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
