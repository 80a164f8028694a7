#[kit::service]
pub trait Users {
    #[throttle(on(unavalable))]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[throttle(on = unavailable)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[throttle(on())]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
