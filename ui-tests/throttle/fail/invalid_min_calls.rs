#[kit::service]
pub trait Users {
    #[throttle(min_calls = 0)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[throttle(min_calls = "20")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[throttle(min_calls = 1.5)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
