pub struct Audit;

#[kit::service]
pub trait Users {
    #[middleware(Audit)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
