#[kit::service]
pub trait Users {
    #[fallback("none")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[fallback(7)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[fallback(none())]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[fallback(|_| 7)]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
