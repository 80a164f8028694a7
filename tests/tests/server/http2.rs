//! HTTP/2 frames: malformed ones and floods end their connection with a GOAWAY.

use std::net::SocketAddr;

use kit::Limits;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::fixtures::{GOAWAY, PREFACE, SETTINGS, frames_until_close, run, still_serves};

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS_KIND: u8 = 4;
const PROTOCOL_ERROR: u32 = 1;
const FRAME_SIZE_ERROR: u32 = 6;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Opens an HTTP/2 connection with these frames, and expects a GOAWAY.
async fn goaway_code(address: SocketAddr, frames: &[u8]) -> u32 {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let _ = stream
        .write_all(&[PREFACE, SETTINGS, frames].concat())
        .await;
    let frames = frames_until_close(&mut stream).await;
    let goaway = frames.iter().rfind(|frame| frame.kind == GOAWAY);
    goaway.expect("a GOAWAY frame").error_code()
}

#[tokio::test]
async fn http2_limits_are_announced_in_settings() {
    let mut limits = Limits::default();
    limits.http2.concurrent_streams = 7;
    limits.http2.stream_window = 70_000;
    limits.header_list = 9_000;
    limits.http2.frame = 20_000;
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
    let code = goaway_code(running.address(), &flood).await;
    assert_eq!(code, ENHANCE_YOUR_CALM);
    still_serves(&running).await;
}

#[tokio::test]
async fn malformed_frames_end_the_connection_with_an_error_code() {
    let (running, _) = run(Limits::default()).await;
    let check = async |what: &str, bytes: &[u8], expected: u32| {
        let code = goaway_code(running.address(), bytes).await;
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
