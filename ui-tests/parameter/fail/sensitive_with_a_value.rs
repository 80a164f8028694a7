#[kit::service]
pub trait Users {
    async fn log_in(&self, name: String, #[sensitive = true] password: String) -> Result<(), kit::Status>;
}

fn main() {}
