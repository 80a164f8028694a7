#![deny(warnings)]
#![allow(dead_code)]

struct Basic;

#[kit::service(dynamic, mock)]
#[allow(clippy::too_many_arguments)]
#[must_use]
pub trait Add {
    #[deprecated(since = "1.0.0", note = "use `total`")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    #[allow(non_snake_case)]
    async fn Total(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    #[doc(hidden)]
    async fn secret(&self) -> Result<(), kit::Status>;
}

#[kit::service]
#[allow(deprecated)]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    #[allow(non_snake_case)]
    async fn Total(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        self.sum(a, b).await
    }
    async fn secret(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

pub fn main() {
    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.Total(1, 2)).unwrap(), 3);
    #[expect(deprecated)]
    let sum = ui_tests::now(client.sum(1, 2));
    assert_eq!(sum.unwrap(), 3);
    assert!(add::DESCRIPTOR.methods[0].meta.deprecated);
    assert!(!add::DESCRIPTOR.methods[1].meta.deprecated);
}
