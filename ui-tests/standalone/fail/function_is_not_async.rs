#[kit::retry]
fn find(id: u64) -> Result<u64, kit::Status> {
    Ok(id)
}

#[kit::retry]
fn found(id: u64) -> impl Future<Output = Result<u64, kit::Status>> {
    std::future::ready(Ok(id))
}

fn main() {}
