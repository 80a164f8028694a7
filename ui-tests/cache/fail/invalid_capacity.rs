#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", capacity = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", capacity = "1MiB")]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
