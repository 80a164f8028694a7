#[kit::service]
pub trait Users {
    #[rate_limit("10/s", key = arg(tenat))]
    async fn find(&self, id: u64, tenant: String) -> Result<u64, kit::Status>;
}

fn main() {}
