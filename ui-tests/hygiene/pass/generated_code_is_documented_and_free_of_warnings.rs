//! Warnings are errors here, and so is an item without documentation.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    rust_2018_idioms,
    rustdoc::all,
    single_use_lifetimes,
    unused_qualifications,
    unused_lifetimes,
    unnameable_types,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    trivial_casts,
    trivial_numeric_casts,
    unused_results,
    unsafe_code,
    private_interfaces,
    private_bounds
)]

/// Contracts.
pub mod contracts {
    /// Adds numbers.
    #[kit::service(name = "pb.Add", version = "1.2", dynamic, mock)]
    #[transport(http(prefix = "/v1"), grpc)]
    #[timeout("2s")]
    pub trait Add {
        /// Sums two integers.
        #[endpoint(get = "/sum/{a}")]
        async fn sum(&self, cx: &kit::Context, a: i64, #[query] b: i64) -> Result<i64, kit::Status>;

        /// Forgets all sums.
        #[middleware(kit::Identity)]
        async fn reset(&self) -> Result<(), kit::Status>;
    }
}

mod private {
    #[kit::service(dynamic, mock)]
    #[transport(grpc)]
    pub(crate) trait Count {
        async fn upto(&self, n: u64) -> Result<kit::Streaming<u64>, kit::Status>;
    }
}

use contracts::{Add, AddClient, AddServer, add};
use private::{Count, CountClient, CountServer};

#[derive(Debug, Default)]
struct Basic;

#[kit::service(register)]
#[timeout("1s")]
impl Add for Basic {
    async fn sum(&self, _: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }

    #[middleware(kit::Identity)]
    async fn reset(&self) -> Result<(), kit::Status> {
        Ok(())
    }
}

#[kit::service]
impl Count for Basic {
    async fn upto(&self, n: u64) -> Result<kit::Streaming<u64>, kit::Status> {
        Ok(kit::Streaming::from_items(0..n))
    }
}

/// Runs the case.
pub fn main() {
    let add = AddClient::local(Basic);
    assert_eq!(ui_tests::now(add.sum(&kit::Context::new(), 1, 2)).unwrap(), 3);
    drop(ui_tests::now(CountClient::local(Basic).upto(3)).unwrap());
    drop(kit::Server::new().mount(AddServer::new(Basic)).mount(CountServer::new(Basic)));
}
