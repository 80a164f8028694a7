#[kit::service]
#[transport(telegraph)]
pub trait Users {
    #[timeout("1s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
