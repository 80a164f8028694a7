#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    #[hedge(after = "p95")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
