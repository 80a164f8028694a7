#[derive(Default)]
struct Basic;

struct Shifted {
    by: i64,
}

#[kit::service(name = "pb.Add")]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[kit::service]
pub trait Other {
    async fn shift(&self, a: i64) -> Result<i64, kit::Status>;
}

#[kit::service(register)]
#[timeout("1s")]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

#[kit::service(register = Shifted { by: 2 })]
impl Other for Shifted {
    async fn shift(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(a + self.by)
    }
}

pub fn main() {
    let _ = kit::Server::from_registry();
    assert_eq!(ui_tests::now(OtherClient::local(Shifted { by: 2 }).shift(1)).unwrap(), 3);
}
