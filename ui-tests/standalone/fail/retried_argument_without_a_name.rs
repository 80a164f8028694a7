#[kit::retry]
pub async fn find((a, b): (u64, u64)) -> Result<u64, kit::Status> {
    Ok(a + b)
}

fn main() {}
