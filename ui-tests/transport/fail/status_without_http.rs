#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[endpoint(status = 201)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
