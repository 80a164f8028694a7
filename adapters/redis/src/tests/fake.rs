//! A fake Redis server with scripted behaviour.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the server responds to the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Grants each call.
    Grants,
    /// Reads requests and sends no response.
    Silent,
    /// Sends bytes that are not of the Redis protocol.
    Garbage,
    /// Closes the connection.
    Closes,
    /// Refuses the script as a write, and accepts all other commands.
    ReadOnly,
}

/// A server that runs until the test process ends.
pub(super) struct Fake {
    pub(super) url: String,
    mode: Arc<Mutex<Mode>>,
    /// The number of accepted connections.
    pub(super) connections: watch::Receiver<usize>,
}

impl Fake {
    /// Starts a server on a runtime of its own, so that it outlives the runtimes
    /// of tests.
    pub(super) fn start(mode: Mode) -> Self {
        let mode = Arc::new(Mutex::new(mode));
        let (count, connections) = watch::channel(0);
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", socket.local_addr().unwrap());
        let shared = Arc::clone(&mode);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build()
                .unwrap();
            runtime.block_on(async {
                socket.set_nonblocking(true).unwrap();
                let listener = TcpListener::from_std(socket).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    count.send_modify(|count| *count += 1);
                    tokio::spawn(serve(stream, Arc::clone(&shared)));
                }
            });
        });
        Self {
            url,
            mode,
            connections,
        }
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    /// Waits for this number of accepted connections.
    pub(super) async fn until_connections(&mut self, count: usize) {
        self.connections
            .wait_for(|connections| *connections >= count)
            .await
            .unwrap();
    }
}

async fn serve(mut stream: TcpStream, mode: Arc<Mutex<Mode>>) {
    let mut read = Vec::new();
    loop {
        while let Some((command, length)) = first_command(&read) {
            read.drain(..length);
            let mode = *mode.lock().unwrap();
            let response: &[u8] = match (mode, command.as_str()) {
                (Mode::Silent, _) => continue,
                (Mode::Closes, _) => return,
                (Mode::Garbage, _) => b"HTTP/1.1 400 Bad Request\r\n\r\n",
                (Mode::ReadOnly, "EVALSHA") => b"-READONLY You can't write here.\r\n",
                (Mode::Grants, "EVALSHA") => b"*4\r\n:0\r\n:0\r\n:0\r\n:1\r\n",
                _ => b"+OK\r\n",
            };
            if stream.write_all(response).await.is_err() {
                return;
            }
        }
        match stream.read_buf(&mut read).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// The name of the first command and its length in bytes; `None` until it is
/// complete.
fn first_command(read: &[u8]) -> Option<(String, usize)> {
    let line = |from: usize| {
        let rest = read.get(from..)?;
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let number = std::str::from_utf8(&rest[1..end]).unwrap();
        Some((number.parse::<usize>().unwrap(), from + end + 2))
    };
    let (words, mut at) = line(0)?;
    let mut name = None;
    for _ in 0..words {
        let (length, start) = line(at)?;
        at = start + length + 2;
        let word = read.get(start..at)?;
        name.get_or_insert_with(|| String::from_utf8_lossy(&word[..length]).into_owned());
    }
    Some((name.unwrap(), at))
}
