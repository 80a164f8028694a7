#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[hedge(extra_load = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(extra_load = 1.1)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(extra_load = "5%")]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
