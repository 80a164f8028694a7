#[kit::service]
pub trait Users {
    #[fallback(missing)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
