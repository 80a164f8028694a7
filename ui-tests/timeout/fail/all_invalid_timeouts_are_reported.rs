#[kit::service]
#[timeout("0s")]
pub trait Users {
    #[timeout("1 fortnight")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[timeout("1s", at = noon)]
    async fn count(&self) -> Result<u64, kit::Status>;
}

fn main() {}
