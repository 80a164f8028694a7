#[kit::service]
pub trait Users {
    #[shed(cpu = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[shed(cpu = 90)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[shed(cpu = "90%")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[shed(cpu)]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
