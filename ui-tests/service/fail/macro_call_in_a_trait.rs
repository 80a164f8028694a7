macro_rules! more {
    () => {
        async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    };
}

#[kit::service]
pub trait Add {
    more!();
}

fn main() {}
