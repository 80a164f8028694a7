#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[header("x-tenant")] tenant: String, #[header("X-Tenant")] owner: String) -> Result<u64, kit::Status>;
}

fn main() {}
