//! kit with 1, 100 and 1,000 endpoints, in a program of its own: so many take
//! a while to compile.

use bench_common::{Flavor, Role, SumReply, SumRequest, role, sum};
use kit::prelude::*;

include!(concat!(env!("OUT_DIR"), "/services.rs"));

struct Basic;

fn main() {
    let role = role();
    let Role::Server(server) = &role else {
        role.unknown()
    };
    let mount = match server.routes() {
        Some(1) => mount_1,
        Some(100) => mount_100,
        Some(1_000) => mount_1000,
        _ => role.unknown(),
    };
    let workers = match server.flavor {
        Flavor::Multi => 0,
        Flavor::Current => 1,
    };
    let items = mount(kit::Server::new()).workers(workers);
    let served = server
        .flavor
        .runtime()
        .block_on(items.serve(server.addr.to_string()));
    served.expect("the server runs");
}
