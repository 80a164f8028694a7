#[kit::service]
pub trait Users {
    #[fallback(other, on = unavailable)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[fallback(other, on())]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[fallback(other, on(unavailible))]
    async fn m2(&self) -> Result<(), kit::Status>;
}

async fn other() {}

fn main() {}
