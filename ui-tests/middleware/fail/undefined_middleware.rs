#[kit::service]
#[middleware(Audit)]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
