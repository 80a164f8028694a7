#[kit::service]
pub trait Users {
    #[balance(p2c)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
