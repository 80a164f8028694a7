#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[transport(grpc)]
    async fn find(&self, #[header("x-tenant")] tenant: String) -> Result<u64, kit::Status>;
}

fn main() {}
