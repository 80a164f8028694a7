#[kit::service]
pub trait Users {
    #[hedge(after = "p95")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
