#[kit::service]
pub trait Users {
    #[cfg_attr(all(), timeout("1s"))]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
