struct Basic;

#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

async fn total<A: Add + Send + Sync + 'static>(add: A) -> Result<i64, kit::Status> {
    tokio::spawn(async move { add.sum(1, 2).await }).await.expect("the task ends")
}

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    assert_eq!(total(Basic).await.unwrap(), 3);
    assert_eq!(total(AddClient::local(Basic)).await.unwrap(), 3);
}
