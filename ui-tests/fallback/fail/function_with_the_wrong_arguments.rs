#[kit::service]
pub trait Users {
    #[fallback(none)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

async fn none(error: kit::Status) -> Result<u64, kit::Status> {
    Err(error)
}

fn main() {}
