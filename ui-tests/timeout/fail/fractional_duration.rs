#[kit::service]
pub trait Users {
    #[timeout("1.5s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
