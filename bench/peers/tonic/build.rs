//! The service from tonic's own generator, without a `.proto`: protoc isn't
//! needed where the messages are written by hand.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let method = |name: &str, route: &str| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(format!("bench_common::{route}Request"))
            .output_type(format!("bench_common::{route}Reply"))
            .codec_path("tonic_prost::ProstCodec")
            .build()
    };
    let add = Service::builder()
        .name("Add")
        .package("pb")
        .method(method("sum", "Sum"))
        .method(method("concat", "Concat"))
        .build();
    Builder::new().compile(&[add]);
    println!("cargo::rerun-if-changed=build.rs");
}
