#[kit::retry]
pub async fn find(into: &mut Vec<u64>) -> Result<(), kit::Status> {
    into.push(1);
    Ok(())
}

fn main() {}
