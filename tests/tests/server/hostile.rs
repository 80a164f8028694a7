//! Peers that are slow, wrong or hostile at the level of a connection: each
//! gets an exact answer or a close, and the next connection is served.

use std::net::SocketAddr;
use std::time::Duration;

use kit::testing::{self, Running};
use kit::{Limits, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held};
use crate::support::raw::{exchange, get, post, read_to_end, soon, split};

const SHORT: Duration = Duration::from_millis(50);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const JSON: &str = "content-type: application/json\r\n";

async fn run(limits: Limits) -> (Running, Held) {
    let held = Held::default();
    let server = Server::new()
        .mount(AdderServer::new(held.clone()))
        .limits(limits);
    (testing::serve(server).await, held)
}

/// The server answers the next connection as if nothing had been. One that a
/// busy machine opened and did not get to use in a limit's time is closed with
/// nothing said, and another is made.
async fn still_serves(running: &Running) {
    let body = r#"{"a":1,"b":2}"#;
    let request = format!(
        "POST /sum HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let served = async {
        loop {
            let answer = exchange(running.address(), request.as_bytes()).await;
            if !answer.is_empty() {
                return answer;
            }
        }
    };
    let answer = soon("an answer", served).await;
    assert_eq!(split(&answer), (200, "3".to_owned()));
}

/// Sends bytes, keeps the connection open, and expects the server to close it
/// with nothing said.
async fn is_closed_in_silence(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(bytes).await.expect("writes");
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_peer_that_is_slow_with_its_first_bytes_or_its_head_is_dropped() {
    let limits = Limits {
        header_timeout: SHORT,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let slow: [&[u8]; 5] = [
        b"",
        b"G",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n",
        b"PRI * HTTP/2.0\r\n",
        b"POST /sum HTTP/1.1\r\nhost: x\r\nx-slow: ",
    ];
    for bytes in slow {
        is_closed_in_silence(running.address(), bytes).await;
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn one_byte_now_and_then_does_not_buy_more_time() {
    let limits = Limits {
        header_timeout: SHORT,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream
        .write_all(b"GET / HTTP/1.1\r\n")
        .await
        .expect("writes");
    let mut byte = [0];
    let closed = soon("the close", async {
        loop {
            tokio::select! {
                read = stream.read(&mut byte) => break read,
                () = tokio::time::sleep(SHORT / 10) => {}
            }
            if stream.write_all(b"a").await.is_err() {
                break Ok(0);
            }
        }
    });
    assert_eq!(closed.await.unwrap_or(0), 0);
    still_serves(&running).await;
}

#[tokio::test]
async fn a_slow_second_head_on_a_connection_is_dropped_too() {
    let limits = Limits {
        header_timeout: SHORT,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let first = async || {
        let mut stream = TcpStream::connect(running.address())
            .await
            .expect("connects");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .expect("writes");
        let mut answered = Vec::new();
        while !answered.ends_with(b"ok\n") {
            if stream.read_buf(&mut answered).await.unwrap_or(0) == 0 {
                assert_eq!(answered, b"", "half an answer");
                return None;
            }
        }
        Some(stream)
    };
    let mut stream = soon("an answer", async {
        loop {
            // Even the first head may be too slow on a busy machine.
            if let Some(stream) = first().await {
                return stream;
            }
        }
    })
    .await;
    stream.write_all(b"GET /heal").await.expect("writes");
    assert_eq!(read_to_end(&mut stream).await, "");
    still_serves(&running).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_working_one_is_not() {
    let limits = Limits {
        idle_timeout: SHORT,
        // A peer that does not answer the goodbye has so much time.
        keep_alive_timeout: SHORT,
        ..Limits::default()
    };
    let (running, held) = run(limits).await;
    let answer = exchange(
        running.address(),
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
    )
    .await;
    assert_eq!(split(&answer), (200, "ok\n".to_owned()));

    let mut http2 = TcpStream::connect(running.address())
        .await
        .expect("connects");
    http2
        .write_all(&[PREFACE, SETTINGS].concat())
        .await
        .expect("writes");
    let frames = frames_until_close(&mut http2).await;
    let goodbye = frames.iter().find(|frame| frame.kind == GOAWAY);
    assert_eq!(goodbye.expect("says goodbye").error_code(), NO_ERROR);

    let address = running.address();
    let call = tokio::spawn(async move { post(address, "/held", r#"{"a":1}"#).await });
    held.began().await;
    // An idle connection that opens after the call and closes before its end
    // shows that the limit has passed meanwhile.
    exchange(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    held.let_go();
    assert_eq!(call.await.expect("does not panic"), (200, "1".to_owned()));
}

#[tokio::test]
async fn a_peer_that_takes_no_bytes_is_dropped() {
    let limits = Limits {
        write_timeout: SHORT,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    let requests = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    // Nothing is read, so that in the end the server can't write, and what
    // it does not take can't be sent for ever.
    let refused = async {
        loop {
            if let Err(error) = stream.write_all(&requests).await {
                break error;
            }
        }
    };
    let error = soon("the close", refused).await;
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    assert!(
        matches!(error.kind(), BrokenPipe | ConnectionReset),
        "{error}"
    );
    still_serves(&running).await;
}

#[tokio::test]
async fn bytes_that_are_no_http_are_answered_400() {
    let (running, _) = run(Limits::default()).await;
    let garbage: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ];
    for bytes in garbage {
        let answer = exchange(running.address(), bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{shown:?}: {answer}"
        );
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn a_length_and_chunks_at_once_or_two_lengths_are_refused() {
    let (running, _) = run(Limits::default()).await;
    for smuggled in [
        "content-length: 4\r\ncontent-length: 5\r\n",
        "content-length: abc\r\n",
        "transfer-encoding: gzip\r\n",
    ] {
        let request = format!("POST /sum HTTP/1.1\r\nhost: x\r\n{JSON}{smuggled}\r\n{{}}");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{smuggled}: {answer}"
        );
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn heads_over_the_limits_are_answered_431() {
    let limits = Limits {
        header_list: 8 << 10,
        header_count: 10,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let large = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n",
        "a".repeat(9 << 10)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-a: b\r\n".repeat(10)
    );
    for request in [large, many] {
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
            "{answer}"
        );
    }
    let fits = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-a: b\r\n".repeat(9)
    );
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(fits.as_bytes()).await.expect("writes");
    let mut start = [0; 15];
    soon("an answer", stream.read_exact(&mut start))
        .await
        .expect("reads");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    still_serves(&running).await;
}

#[tokio::test]
async fn the_default_limit_of_headers_holds_as_well() {
    let (running, _) = run(Limits::default()).await;
    let request = |headers: usize| {
        let rest = "x-a: b\r\n".repeat(headers - 2);
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{rest}\r\n")
    };
    let answer = exchange(running.address(), request(100).as_bytes()).await;
    assert_eq!(split(&answer), (200, "ok\n".to_owned()));
    let answer = exchange(running.address(), request(101).as_bytes()).await;
    assert_eq!(split(&answer).0, 431);
}

#[tokio::test]
async fn a_peer_that_goes_away_takes_its_call_with_it() {
    let (running, held) = run(Limits::default()).await;
    let head = format!("POST /held HTTP/1.1\r\nhost: x\r\n{JSON}content-length: 7\r\n\r\n");
    let request = format!("{head}{{\"a\":7}}");

    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    held.began().await;
    drop(stream);
    held.dropped().await;

    // Half a close is a close: who sends no more has gone away.
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    held.began().await;
    stream.shutdown().await.expect("closes its side");
    held.dropped().await;
    assert_eq!(read_to_end(&mut stream).await, "");

    let client = AdderClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    let call = tokio::spawn(async move { client.held(1).await });
    held.began().await;
    call.abort();
    held.dropped().await;
    still_serves(&running).await;
}

#[tokio::test]
async fn a_client_that_waits_to_be_told_gets_100_only_if_its_body_is_wanted() {
    let limits = Limits {
        body: 64,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let head = |path: &str, length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}\
             expect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    let body = r#"{"a":1,"b":2}"#;
    let request = head("/sum", body.len());
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut told = [0; 25];
    soon("the word to go on", stream.read_exact(&mut told))
        .await
        .expect("reads");
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.expect("writes");
    let answer = split(&read_to_end(&mut stream).await);
    assert_eq!(answer, (200, "3".to_owned()));

    for (path, length, status) in [("/nowhere", 13, 404), ("/sum", 65, 413)] {
        let answer = exchange(running.address(), head(path, length).as_bytes()).await;
        assert_eq!(split(&answer).0, status, "{answer}");
    }
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_order() {
    let (running, _) = run(Limits::default()).await;
    let sum = |a: i64, close: &str| {
        let body = format!(r#"{{"a":{a},"b":0}}"#);
        let length = body.len();
        format!(
            "POST /sum HTTP/1.1\r\nhost: x\r\n{close}{JSON}content-length: {length}\r\n\r\n{body}"
        )
    };
    let requests = [sum(1, ""), sum(2, ""), sum(3, "connection: close\r\n")].concat();
    let answers = exchange(running.address(), requests.as_bytes()).await;
    let sums: Vec<_> = answers
        .split("HTTP/1.1 200 OK\r\n")
        .skip(1)
        .filter_map(|answer| answer.split("\r\n\r\n").nth(1))
        .collect();
    assert_eq!(sums, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_request_may_come_in_single_bytes() {
    let (running, _) = run(Limits::default()).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.set_nodelay(true).expect("a socket");
    for byte in b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).await.expect("writes");
        tokio::task::yield_now().await;
    }
    let answer = split(&read_to_end(&mut stream).await);
    assert_eq!(answer, (200, "ok\n".to_owned()));
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_their_turn() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let (running, held) = run(limits).await;
    let address = running.address();
    let first = tokio::spawn(async move { post(address, "/held", r#"{"a":1}"#).await });
    held.began().await;
    let second = tokio::spawn(async move { get(address, "/healthz").await });
    // The kernel has taken the second connection; nobody reads from it.
    let mut third = TcpStream::connect(address).await.expect("connects");
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .expect("writes");
    let mut byte = [0];
    let early = tokio::time::timeout(SHORT, third.read(&mut byte)).await;
    early.expect_err("no answer while the first connection is open");
    assert!(!second.is_finished());
    held.let_go();
    assert_eq!(first.await.expect("does not panic"), (200, "1".to_owned()));
    assert_eq!(second.await.expect("does not panic").0, 200);
    assert!(read_to_end(&mut third).await.ends_with("ok\n"));
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS_KIND: u8 = 4;
const GOAWAY: u8 = 7;
const NO_ERROR: u32 = 0;
const PROTOCOL_ERROR: u32 = 1;
const FRAME_SIZE_ERROR: u32 = 6;
const ENHANCE_YOUR_CALM: u32 = 11;

/// An HTTP/2 frame as it came.
struct Frame {
    kind: u8,
    payload: Vec<u8>,
}

impl Frame {
    /// The error code of a GOAWAY.
    fn error_code(&self) -> u32 {
        u32::from_be_bytes(self.payload[4..8].try_into().expect("four bytes"))
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Reads frames until the server closes, or closes its side after a GOAWAY.
async fn frames_until_close(stream: &mut TcpStream) -> Vec<Frame> {
    let mut bytes = Vec::new();
    let _ = soon("the close", stream.read_to_end(&mut bytes)).await;
    let mut rest = &bytes[..];
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(9) {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let Some((payload, after)) = after.split_at_checked(length) else {
            break;
        };
        frames.push(Frame {
            kind: head[3],
            payload: payload.to_vec(),
        });
        rest = after;
    }
    frames
}

/// Opens an HTTP/2 connection with these frames, and expects a GOAWAY.
async fn goodbye_to(address: SocketAddr, frames: &[u8]) -> u32 {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let _ = stream
        .write_all(&[PREFACE, SETTINGS, frames].concat())
        .await;
    let frames = frames_until_close(&mut stream).await;
    let goodbye = frames.iter().rfind(|frame| frame.kind == GOAWAY);
    goodbye.expect("says goodbye").error_code()
}

#[tokio::test]
async fn every_limit_of_http_2_is_told_to_the_peer() {
    let limits = Limits {
        concurrent_streams: 7,
        stream_window: 70_000,
        header_list: 9_000,
        frame: 20_000,
        ..Limits::default()
    };
    let (running, _) = run(limits).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream
        .write_all(&[PREFACE, SETTINGS, &frame(GOAWAY, 0, 0, &[0; 8])].concat())
        .await
        .expect("writes");
    let frames = frames_until_close(&mut stream).await;
    assert_eq!(frames[0].kind, SETTINGS_KIND);
    let mut settings: Vec<_> = frames[0]
        .payload
        .chunks(6)
        .map(|setting| {
            let name = u16::from_be_bytes([setting[0], setting[1]]);
            let value = u32::from_be_bytes(setting[2..6].try_into().expect("four bytes"));
            (name, value)
        })
        .collect();
    settings.sort_unstable();
    // MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE,
    // MAX_HEADER_LIST_SIZE.
    assert_eq!(settings, [(3, 7), (4, 70_000), (5, 20_000), (6, 9_000)]);
}

#[tokio::test]
async fn a_flood_of_resets_ends_the_connection_and_no_other() {
    let (running, _) = run(Limits::default()).await;
    // :method GET, :scheme http, :path /, :authority x
    let head = [0x82, 0x86, 0x84, 0x01, 0x01, b'x'];
    let cancel = 8_u32.to_be_bytes();
    let flood: Vec<u8> = (0..5_000)
        .flat_map(|n| {
            let id = 2 * n + 1;
            let mut both = frame(HEADERS, 0x5, id, &head);
            both.extend(frame(RST_STREAM, 0, id, &cancel));
            both
        })
        .collect();
    let code = goodbye_to(running.address(), &flood).await;
    assert_eq!(code, ENHANCE_YOUR_CALM);
    still_serves(&running).await;
}

#[tokio::test]
async fn broken_frames_end_the_connection_with_the_reason() {
    let (running, _) = run(Limits::default()).await;
    let check = async |what: &str, bytes: &[u8], expected: u32| {
        let code = goodbye_to(running.address(), bytes).await;
        assert_eq!(code, expected, "{what}");
    };
    let zero = frame(HEADERS, 0x5, 0, &[0x82]);
    check("headers on stream 0", &zero, PROTOCOL_ERROR).await;
    let even = frame(HEADERS, 0x5, 2, &[0x82, 0x86, 0x84]);
    check("a stream of the server's", &even, PROTOCOL_ERROR).await;
    let huge = frame(0, 0, 1, &vec![0; 17 << 10]);
    check("a frame over the limit", &huge, FRAME_SIZE_ERROR).await;
    still_serves(&running).await;
}

#[tokio::test]
async fn connections_that_are_reset_before_they_are_accepted_do_not_end_it() {
    let (running, _) = run(Limits::default()).await;
    // Connections that open and close at once: some are gone before they are
    // accepted, and none of that ends the server.
    for _ in 0..200 {
        let stream = TcpStream::connect(running.address())
            .await
            .expect("connects");
        stream.set_zero_linger().expect("a socket");
        drop(stream);
    }
    still_serves(&running).await;
}
