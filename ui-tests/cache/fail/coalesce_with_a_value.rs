#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", coalesce = 1)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", coalesce = "yes")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", coalesce(all))]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
