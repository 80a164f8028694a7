#[kit::service]
#[transport(http)]
pub trait Users {
    #[transport(grpc)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
