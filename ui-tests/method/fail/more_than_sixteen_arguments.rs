#[kit::service]
pub trait Wide {
    async fn sum(
        &self,
        a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64, a9: i64,
        a10: i64, a11: i64, a12: i64, a13: i64, a14: i64, a15: i64, a16: i64, a17: i64,
    ) -> Result<i64, kit::Status>;
}

fn main() {}
