#[kit::service]
pub trait Users {
    #[timeout("0s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
