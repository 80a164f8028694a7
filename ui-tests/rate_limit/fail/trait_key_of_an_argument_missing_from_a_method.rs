#[kit::service]
#[rate_limit("10/s", key = arg(tenant))]
pub trait Users {
    async fn find(&self, tenant: String) -> Result<u64, kit::Status>;
    async fn rename(&self, name: String) -> Result<u64, kit::Status>;
    async fn count(&self) -> Result<u64, kit::Status>;
}

fn main() {}
