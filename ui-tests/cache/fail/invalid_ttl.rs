#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = 1)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl)]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
