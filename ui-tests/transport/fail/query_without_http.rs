#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[endpoint(idempotent)]
    async fn find(&self, #[query] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
