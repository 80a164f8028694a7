#[kit::service]
pub trait Users {
    #[rate_limit("fast", burst = 0, wait = "soon", key = pear, size = 3)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
