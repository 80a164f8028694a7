#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", any_metadata = 1)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", any_metadata = "yes")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", any_metadata(x_tenant))]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
