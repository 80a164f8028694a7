#[kit::service]
pub trait Users {
    #[concurrency(adaptive, algorithm = gradeint)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, algorithm = 3)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, algorithm)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
