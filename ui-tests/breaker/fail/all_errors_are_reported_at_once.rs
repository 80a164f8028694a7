#[kit::service]
pub trait Users {
    #[breaker(failures = 0, probes = 0, open = "never", window = false, color = "red")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = 2, at = nowhere)]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
