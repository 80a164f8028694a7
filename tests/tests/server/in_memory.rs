//! Services and servers in process, without a socket.

use std::time::Duration;

use kit::Server;
use kit::testing::{self, InProcess};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held};
use crate::support::raw::split;

#[tokio::test]
async fn an_in_process_channel_runs_the_whole_chain() {
    let client = AdderClient::new(InProcess::new(AdderServer::new(Held::default())));
    assert_eq!(client.sum(1, 2).await.expect("adds"), 3);
    let status = client.sum(i64::MAX, 1).await.expect_err("too large");
    assert_eq!(status.to_string(), "out_of_range: the sum is too large");

    let server = Server::new().mount(AdderServer::new(Held::default()));
    let client = AdderClient::new(InProcess::server(server));
    assert_eq!(client.sum(1, 2).await.expect("adds"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_in_memory_needs_no_socket() {
    let server = Server::new().mount(AdderServer::new(Held::default()));
    let memory = testing::Memory::new(server).expect("fits together");
    let mut connection = memory.connect();
    let body = r#"{"a":1,"b":2}"#;
    let request = format!(
        "POST /sum HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection
        .write_all(request.as_bytes())
        .await
        .expect("writes");
    memory.shut_down();
    let mut response = String::new();
    connection
        .read_to_string(&mut response)
        .await
        .expect("reads");
    assert_eq!(split(&response), (200, "3".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_idle_timeout_restarts_with_every_call() {
    let limit = Duration::from_secs(80);
    let mut limits = kit::Limits::default();
    limits.idle_timeout = limit;
    let memory = testing::Memory::new(Server::new().limits(limits)).expect("fits together");
    let mut connection = memory.connect();
    let mut response = vec![0; 1024];
    // Three calls, over more than the limit in total.
    for pause in [0, 43, 43] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        connection
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .expect("is open");
        let length = connection.read(&mut response).await.expect("reads");
        assert!(response[..length].starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    let idle = tokio::time::Instant::now();
    assert_eq!(connection.read(&mut response).await.expect("closes"), 0);
    let idle = idle.elapsed();
    assert!(idle <= limit && idle >= limit * 7 / 8, "{idle:?}");
}
