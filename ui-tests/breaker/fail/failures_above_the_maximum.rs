#[kit::service]
pub trait Users {
    #[breaker(failures = 16_777_216)]
    async fn m0(&self) -> Result<(), kit::Status>;
}

fn main() {}
