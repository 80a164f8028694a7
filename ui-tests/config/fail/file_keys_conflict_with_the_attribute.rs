#[kit::service(
    name = "pb.Add",
    config = "config/fail/file_keys_conflict_with_the_attribute.toml"
)]
#[timeout("2s")]
pub trait Add {
    #[endpoint(post = "/sum", idempotent)]
    #[retry(attempts = 3)]
    #[rate_limit("100/s", burst = 20)]
    #[concurrency(adaptive, min = 8)]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

fn main() {}
