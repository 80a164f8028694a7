#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[hedge(after = 95)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "95")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "p100")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "p0")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "px")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after)]
    async fn m5(&self) -> Result<(), kit::Status>;
}

fn main() {}
