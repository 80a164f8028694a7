mod framework {
    pub mod inner {
        pub use kit as toolkit;
    }
}

struct Basic;

#[kit::service(crate = crate::hygiene::kit_re_exported::framework::inner::toolkit)]
#[transport(http, grpc)]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, framework::inner::toolkit::Status>;
}

#[kit::service(crate = crate::hygiene::kit_re_exported::framework::inner::toolkit, register)]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

impl Default for Basic {
    fn default() -> Self {
        Self
    }
}

pub fn main() {
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
}
