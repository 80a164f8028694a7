#![deny(warnings)]
#![allow(dead_code)]

struct Basic;

#[kit::service(dynamic, mock)]
trait Private {
    async fn one(&self) -> Result<u64, kit::Status>;
}

impl Private for Basic {
    async fn one(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

mod outer {
    #[kit::service(dynamic, mock)]
    pub(crate) trait Internal {
        async fn two(&self) -> Result<u64, kit::Status>;
    }

    pub mod inner {
        pub struct Hidden;

        #[kit::service(dynamic, mock)]
        pub(super) trait Up {
            async fn three(&self) -> Result<u64, kit::Status>;
        }

        #[kit::service(dynamic, mock)]
        pub(in super::super) trait Within {
            async fn four(&self) -> Result<u64, kit::Status>;
        }

        #[kit::service]
        pub trait Public {
            async fn five(&self) -> Result<u64, kit::Status>;
        }

        impl Up for Hidden {
            async fn three(&self) -> Result<u64, kit::Status> {
                Ok(3)
            }
        }
        impl Within for Hidden {
            async fn four(&self) -> Result<u64, kit::Status> {
                Ok(4)
            }
        }
        impl Public for Hidden {
            async fn five(&self) -> Result<u64, kit::Status> {
                Ok(5)
            }
        }
    }

    pub fn sum() -> u64 {
        use inner::{Up, UpClient, Within, WithinClient, WithinServer, within};
        let up = UpClient::local(inner::Hidden);
        let within_client = WithinClient::local(inner::Hidden);
        let _ = WithinServer::new(inner::Hidden);
        let _ = (within::Four, within::DESCRIPTOR);
        ui_tests::now(up.three()).unwrap() + ui_tests::now(within_client.four()).unwrap()
    }
}

impl outer::Internal for Basic {
    async fn two(&self) -> Result<u64, kit::Status> {
        Ok(2)
    }
}

pub fn main() {
    use outer::inner::{Public, PublicClient};
    use outer::{Internal, InternalClient};
    assert_eq!(ui_tests::now(PrivateClient::local(Basic).one()).unwrap(), 1);
    assert_eq!(ui_tests::now(InternalClient::local(Basic).two()).unwrap(), 2);
    assert_eq!(ui_tests::now(PublicClient::local(outer::inner::Hidden).five()).unwrap(), 5);
    assert_eq!(outer::sum(), 7);
    let _ = kit::Server::new().mount(PrivateServer::new(Basic));
}
