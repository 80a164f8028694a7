//! Python's grpcio, with stubs that protoc generates from the printed `.proto`,
//! against kit's server.
//!
//! `tests/servers/python.sh` creates the environment; without it the test
//! prints `skipped` and passes, unless `KIT_REQUIRE_SERVERS=1`.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use kit::Server;
use kit::grpc::{Compressed, Encoding, Reflection};

use crate::grpc::probe::{ProbeServer, Running, Service, probe};
use crate::policy::refusals::{Holding, RefusingServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grpcio_passes_its_calls() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = std::env::var_os("KIT_PYTHON")
        .map_or_else(|| root.join("target/python/bin/python"), PathBuf::from);
    if !python.exists() {
        let required = std::env::var_os("KIT_REQUIRE_SERVERS").is_some_and(|value| value == "1");
        assert!(!required, "grpcio not found: run tests/servers/python.sh");
        eprintln!("skipped: grpcio not found (tests/servers/python.sh installs it)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("probe.proto"), probe::DESCRIPTOR.proto()).expect("writes");

    let health = kit::Health::new();
    let service = ProbeServer::new(Service::default());
    let server = Server::new()
        .mount(Reflection)
        .mount(Compressed::new(service, Encoding::Gzip))
        .mount(RefusingServer::new(Arc::<Holding>::default()))
        .health(health.clone());
    let server = Running::start(server).await;
    health.set_not_serving("test.v1.Sleeping");

    let mut interop = tokio::process::Command::new(python);
    interop
        .arg(root.join("tests/interop/grpc_python.py"))
        .arg(server.address.to_string())
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let limit = Duration::from_secs(120);
    let output = tokio::time::timeout(limit, interop.output())
        .await
        .expect("ends in time")
        .expect("runs");
    let output_text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{output_text}\n{errors}");
    assert!(output_text.ends_with("16 passed\n"), "{output_text}");
    server.still_serves().await;
}
