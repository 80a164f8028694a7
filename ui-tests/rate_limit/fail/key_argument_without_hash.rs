#[derive(serde::Serialize, serde::Deserialize)]
pub struct Tenant(String);

#[kit::service]
pub trait Users {
    #[rate_limit("10/s", key = arg(tenant))]
    async fn find(&self, tenant: Tenant) -> Result<u64, kit::Status>;
}

fn main() {}
