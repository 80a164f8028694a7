#[kit::service]
pub trait Add {
    async fn reset(&self);
}

fn main() {}
