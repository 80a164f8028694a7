#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = 3)]
    #[retry(attempts = 4)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[hedge(after = "p95")]
    #[hedge(after = "p99")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s")]
    #[cache(ttl = "2s")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[throttle(k = 2.0)]
    #[throttle(k = 3.0)]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s")]
    #[rate_limit("20/s")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[concurrency(64)]
    #[concurrency(128)]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[fallback(one)]
    #[fallback(two)]
    async fn m6(&self) -> Result<(), kit::Status>;
}

async fn one() {}
async fn two() {}

fn main() {}
