#[kit::service(
    name = "pb.Add",
    config = "config/fail/keys_that_break_a_rule_with_those_of_the_attribute.toml"
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
