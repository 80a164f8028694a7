#[kit::service(name = "pb.Add", config = "config/fail/all_invalid_lines_are_reported.toml")]
pub trait Add {
    #[endpoint(post = "/sum", idempotent)]
    #[rate_limit("100/s", burst = 20)]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;

    #[endpoint(post = "/concat")]
    async fn concat(&self, a: String, b: String) -> Result<String, kit::Status>;
}

fn main() {}
