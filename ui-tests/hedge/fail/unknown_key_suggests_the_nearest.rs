#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[hedge(extraload = 0.05)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
