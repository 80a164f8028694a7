#[kit::breaker(failures = 5)]
pub fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

fn main() {}
