//! A server starts, tells its address, answers, and ends in good order.

use std::time::Duration;

use kit::Server;
use kit::server::{Bound, Drained, ServeError};
use kit::testing::{self, InProcess};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held};
use crate::support::raw::{exchange, get, post, read_to_end, soon, split};

/// A server that can be told to stop.
struct Stoppable {
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<Drained, ServeError>>,
}

impl Stoppable {
    fn run<A: Clone + Send + 'static>(bound: Bound<A>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(bound.serve_until(async {
            let _ = stopped.await;
        }));
        Self { stop, served }
    }

    /// Asks it to stop, and does not wait.
    fn stop(self) -> JoinHandle<Result<Drained, ServeError>> {
        drop(self.stop);
        self.served
    }
}

async fn ended(served: JoinHandle<Result<Drained, ServeError>>) -> Drained {
    soon("the end", served)
        .await
        .expect("does not panic")
        .expect("serves")
}

#[tokio::test]
async fn port_zero_is_told_and_the_probes_answer() {
    let bound = Server::new().bind("127.0.0.1:0").await.expect("binds");
    let address = bound.local_addr();
    assert_ne!(address.port(), 0);
    let server = Stoppable::run(bound);
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/readyz").await, (200, "ready\n".to_owned()));
    let drained = ended(server.stop()).await;
    assert!(drained.is_complete(), "{drained}");
    TcpStream::connect(address)
        .await
        .expect_err("nobody listens any more");
}

#[tokio::test]
async fn one_port_answers_http_1_http_2_and_grpc() {
    let running = testing::serve(Server::new().mount(AdderServer::new(Held::default()))).await;
    let (status, body) = post(running.address(), "/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!((status, body.as_str()), (200, "3"));
    for scheme in ["http", "grpc"] {
        let client = AdderClient::connect(running.url(scheme))
            .await
            .expect("connects");
        assert_eq!(client.sum(40, 2).await.expect("adds"), 42, "{scheme}");
    }
    assert!(running.shut_down().await.is_complete());
}

#[tokio::test]
async fn what_was_accepted_is_answered_and_what_comes_later_is_not() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let http = tokio::spawn(async move { post(address, "/held", r#"{"a":7}"#).await });
    held.began().await;
    let grpc = AdderClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    let call = tokio::spawn({
        let grpc = grpc.clone();
        async move { grpc.held(8).await }
    });
    held.began().await;
    let mut idle = TcpStream::connect(address).await.expect("connects");
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("writes");
    let mut some = [0; 16];
    soon("an answer", idle.read_exact(&mut some))
        .await
        .expect("reads");

    let served = server.stop();
    // An idle connection closes at once, which also shows that the server is
    // stopping.
    assert!(read_to_end(&mut idle).await.ends_with("ok\n"));
    TcpStream::connect(address)
        .await
        .expect_err("nothing more is accepted");
    assert!(!served.is_finished());
    held.let_go();
    held.let_go();
    let (status, body) = http.await.expect("does not panic");
    assert_eq!((status, body.as_str()), (200, "7"));
    assert_eq!(call.await.expect("does not panic").expect("answers"), 8);
    let drained = ended(served).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (0, 0));
}

#[tokio::test]
async fn a_connection_that_waits_in_the_backlog_is_answered() {
    let bound = Server::new()
        .mount(AdderServer::new(Held::default()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    // The kernel accepts this one; the server does not exist yet, and is told
    // to stop as soon as it does.
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("writes");
    let drained = soon("the end", bound.serve_until(async {}))
        .await
        .expect("serves");
    assert!(drained.is_complete(), "{drained}");
    let (status, body) = split(&read_to_end(&mut stream).await);
    assert_eq!((status, body.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn what_takes_longer_than_the_limit_is_cut_and_told() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .shutdown_timeout(Duration::from_millis(20))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let http = tokio::spawn(async move {
        let head = "POST /held HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let request = format!("{head}content-length: 7\r\n\r\n{{\"a\":7}}");
        exchange(address, request.as_bytes()).await
    });
    held.began().await;
    let grpc = AdderClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    let calls: Vec<_> = (0..2)
        .map(|a| {
            let grpc = grpc.clone();
            tokio::spawn(async move { grpc.held(a).await })
        })
        .collect();
    held.began().await;
    held.began().await;

    let drained = ended(server.stop()).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (2, 3));
    assert!(
        drained
            .to_string()
            .starts_with("cut 3 calls on 2 connections after "),
        "{drained}"
    );
    assert_eq!(http.await.expect("does not panic"), "");
    for call in calls {
        let status = call.await.expect("does not panic").expect_err("cut");
        assert_eq!(status.code(), kit::Code::Unavailable, "{status}");
    }
    for _ in 0..3 {
        held.dropped().await;
    }
}

#[tokio::test]
async fn readiness_turns_before_the_server_stops_accepting() {
    let health = kit::Health::new();
    let bound = Server::new()
        .health(health.clone())
        .drain_delay(Duration::from_secs(3600))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    assert_eq!(get(address, "/readyz").await.0, 200);
    let mut overall = health.watch("");
    let served = server.stop();
    soon("the change", overall.changed()).await.expect("told");
    assert_eq!(
        get(address, "/readyz").await,
        (503, "not ready\n".to_owned())
    );
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    served.abort();
    let _ = served.await;
}

#[tokio::test]
async fn a_server_whose_future_is_dropped_leaves_nothing_behind() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let served = tokio::spawn(bound.serve_until(std::future::pending()));
    let call = tokio::spawn(async move {
        let client = AdderClient::connect(format!("grpc://{address}")).await?;
        client.held(1).await
    });
    held.began().await;
    served.abort();
    assert!(served.await.expect_err("aborted").is_cancelled());
    call.await
        .expect("does not panic")
        .expect_err("the connection is gone");
    held.dropped().await;
}

#[tokio::test]
async fn two_servers_share_nothing_but_the_process() {
    let one = testing::serve(Server::new().mount(AdderServer::new(Held::default()))).await;
    let two = testing::serve(Server::new()).await;
    assert_ne!(one.address(), two.address());
    let answer = post(one.address(), "/sum", r#"{"a":1,"b":1}"#).await;
    assert_eq!(answer, (200, "2".to_owned()));
    assert_eq!(post(two.address(), "/sum", "{}").await.0, 404);
    assert!(one.shut_down().await.is_complete());
    assert_eq!(get(two.address(), "/healthz").await.0, 200);
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_that_names_it() {
    let running = testing::serve(Server::new()).await;
    let address = running.address().to_string();
    let error = Server::new().bind(&address).await.expect_err("taken");
    assert_eq!(error.to_string(), format!("can't listen on `{address}`"));
    assert!(matches!(error, ServeError::Bind { source, .. }
        if source.kind() == std::io::ErrorKind::AddrInUse));
}

#[tokio::test]
async fn every_mistake_in_mounting_is_listed() {
    let error = Server::new()
        .mount(AdderServer::new(Held::default()))
        .mount(AdderServer::new(Held::default()))
        .mount(RivalServer::new(RivalService))
        .bind("127.0.0.1:0")
        .await
        .expect_err("they collide");
    assert_eq!(
        error.to_string(),
        "can't serve what is mounted: \
         service `test.Adder` is mounted twice: mount it once, or give one of the two another name; \
         `test.Rival.add` and `test.Adder.sum` both have the route `POST /sum`"
    );
}

#[kit::service(name = "test.Rival")]
#[transport(http)]
pub(crate) trait Rival {
    #[endpoint(post = "/sum")]
    async fn add(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

struct RivalService;

impl Rival for RivalService {
    async fn add(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

#[tokio::test]
async fn workers_serve_on_one_address_and_all_stop() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .workers(3)
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    for _ in 0..32 {
        let answer = post(address, "/sum", r#"{"a":20,"b":22}"#).await;
        assert_eq!(answer, (200, "42".to_owned()));
    }
    let call = tokio::spawn(async move { post(address, "/held", r#"{"a":5}"#).await });
    held.began().await;
    let served = server.stop();
    soon("the refusal", async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    held.let_go();
    assert_eq!(call.await.expect("does not panic"), (200, "5".to_owned()));
    let drained = ended(served).await;
    assert!(drained.is_complete(), "{drained}");
}

#[tokio::test]
async fn workers_that_stop_tell_what_all_of_them_cut() {
    const CALLS: usize = 8;
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .workers(2)
        .shutdown_timeout(Duration::from_millis(20))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            tokio::spawn(async move {
                let client = AdderClient::connect(format!("grpc://{address}")).await?;
                client.held(1).await
            })
        })
        .collect();
    for _ in 0..CALLS {
        held.began().await;
    }
    let drained = ended(server.stop()).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (CALLS, CALLS));
    for call in calls {
        call.await.expect("does not panic").expect_err("cut");
    }
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
        let mut answer = String::new();
        soon("an answer", stream.read_to_string(&mut answer))
            .await
            .expect("reads");
        assert_eq!(split(&answer), (200, "ok\n".to_owned()));
        assert!(ended(server.stop()).await.is_complete());
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn a_socket_file_that_nobody_listens_on_is_replaced_and_a_live_one_is_not() {
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

#[tokio::test]
async fn probes_and_metrics_can_be_renamed_and_switched_off() {
    let server = Server::new()
        .healthz("/alive")
        .readyz(None)
        .metrics("/internal/metrics");
    let running = testing::serve(server).await;
    let address = running.address();
    assert_eq!(get(address, "/alive").await, (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/internal/metrics").await.0, 200);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(get(address, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_probe_has_get_head_and_options_and_says_so() {
    let running = testing::serve(Server::new()).await;
    let send = |verb: &str| {
        let request = format!("{verb} /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let address = running.address();
        async move { exchange(address, request.as_bytes()).await }
    };
    let head = send("HEAD").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-length: 3\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let options = send("OPTIONS").await;
    assert!(
        options.starts_with("HTTP/1.1 204 No Content\r\n"),
        "{options}"
    );
    let refused = send("DELETE").await;
    assert!(
        refused.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"),
        "{refused}"
    );
    for answer in [options, refused] {
        assert!(answer.contains("allow: GET, HEAD, OPTIONS\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_channel_in_process_runs_what_stands_before_a_service() {
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
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("reads");
    assert_eq!(split(&answer), (200, "3".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_time_starts_again_with_every_call_and_ends_within_its_limit() {
    let limit = Duration::from_secs(80);
    let limits = kit::Limits {
        idle_timeout: limit,
        ..kit::Limits::default()
    };
    let memory = testing::Memory::new(Server::new().limits(limits)).expect("fits together");
    let mut connection = memory.connect();
    let mut answer = vec![0; 1024];
    // Three calls, together over more than the limit.
    for pause in [0, 43, 43] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        connection
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .expect("is open");
        let length = connection.read(&mut answer).await.expect("reads");
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    let idle = tokio::time::Instant::now();
    assert_eq!(connection.read(&mut answer).await.expect("closes"), 0);
    let idle = idle.elapsed();
    assert!(idle <= limit && idle >= limit * 7 / 8, "{idle:?}");
}

struct Registered;

#[kit::service(register = Registered)]
impl registered::Greeter for Registered {
    async fn greet(&self, name: String) -> Result<String, kit::Status> {
        Ok(format!("hello, {name}"))
    }
}

mod registered {
    #[kit::service(name = "test.Greeter")]
    #[transport(http)]
    pub(crate) trait Greeter {
        async fn greet(&self, name: String) -> Result<String, kit::Status>;
    }
}

#[tokio::test]
async fn a_registered_service_is_served_with_nobody_naming_it() {
    let running = testing::serve(Server::from_registry()).await;
    let answer = post(running.address(), "/greeter/greet", r#"{"name":"you"}"#).await;
    assert_eq!(answer, (200, r#""hello, you""#.to_owned()));
}

#[tokio::test]
async fn a_head_has_no_body_over_either_version_of_http() {
    let running = testing::serve(Server::new()).await;
    let request = b"HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = exchange(running.address(), request).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-length: 3"), "{head}");
    assert_eq!(body, "");

    let mut peer = crate::grpc::probe::Peer::connect(running.address()).await;
    let request = http::Request::head("http://x/healthz").body(());
    let sent = peer.send.send_request(request.expect("a request"), true);
    let answer = crate::grpc::probe::read(sent.expect("it is sent").0).await;
    assert_eq!(answer.http, 200);
    assert_eq!(answer.headers["content-length"], "3");
    assert_eq!(answer.body, "");
}
