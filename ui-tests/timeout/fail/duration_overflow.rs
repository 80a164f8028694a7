#[kit::service]
pub trait Users {
    #[timeout("99999999999999999999s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
