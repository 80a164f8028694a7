//! Listeners: TCP addresses and Unix sockets.

use kit::Server;
use kit::server::ServeError;
use kit::testing::{self};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::support::raw::{soon, split};

use super::fixtures::{Stoppable, ended};

#[tokio::test]
async fn a_taken_address_is_an_error_that_names_it() {
    let running = testing::serve(Server::new()).await;
    let address = running.address().to_string();
    let error = Server::new().bind(&address).await.expect_err("taken");
    assert_eq!(error.to_string(), format!("can't listen on `{address}`"));
    assert!(matches!(error, ServeError::Bind { source, .. }
        if source.kind() == std::io::ErrorKind::AddrInUse));
}

#[tokio::test]
async fn a_unix_socket_is_served_and_its_file_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.sock");
    for _ in 0..2 {
        let bound = Server::new().bind_unix(&path).await.expect("binds");
        assert_eq!(bound.local_addr(), path);
        let server = Stoppable::run(bound);
        let mut stream = UnixStream::connect(&path).await.expect("connects");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .expect("writes");
        let mut response = String::new();
        soon("a response", stream.read_to_string(&mut response))
            .await
            .expect("reads");
        assert_eq!(split(&response), (200, "ok\n".to_owned()));
        assert!(ended(server.stop()).await.is_complete());
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn a_stale_socket_file_is_replaced_and_a_live_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("binds"));
    assert!(path.exists(), "its owner did not clean up");
    let bound = Server::new().bind_unix(&path).await.expect("replaces it");
    let error = Server::new().bind_unix(&path).await.expect_err("in use");
    assert!(matches!(error, ServeError::Bind { .. }), "{error}");
    drop(bound);

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "mine").expect("writes");
    Server::new().bind_unix(&text).await.expect_err("a file");
    assert_eq!(std::fs::read_to_string(&text).expect("still there"), "mine");
}
