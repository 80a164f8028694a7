#[kit::service]
pub trait Users {
    async fn each(&self, visit: Box<dyn Fn(u64)>) -> Result<u64, kit::Status>;
}

fn main() {}
