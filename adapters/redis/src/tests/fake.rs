//! A server that does to its clients what it is told to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a server does when it is asked to run the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Grants.
    Grants,
    /// Reads, and says nothing.
    Silent,
    /// Says nothing that a Redis would.
    Garbage,
    /// Closes.
    Closes,
    /// Answers anything but what would write.
    ReadOnly,
}

/// A server that never ends by itself.
pub(super) struct Fake {
    pub(super) url: String,
    manner: Arc<Mutex<Manner>>,
    /// How many connections came so far.
    pub(super) connections: watch::Receiver<usize>,
}

impl Fake {
    /// A server on a runtime of its own, so that it outlives those of tests.
    pub(super) fn start(manner: Manner) -> Self {
        let manner = Arc::new(Mutex::new(manner));
        let (count, connections) = watch::channel(0);
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", socket.local_addr().unwrap());
        let shared = Arc::clone(&manner);
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
            manner,
            connections,
        }
    }

    pub(super) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Waits until so many connections came.
    pub(super) async fn connected(&mut self, count: usize) {
        self.connections
            .wait_for(|connections| *connections >= count)
            .await
            .unwrap();
    }
}

async fn serve(mut stream: TcpStream, manner: Arc<Mutex<Manner>>) {
    let mut read = Vec::new();
    loop {
        while let Some((command, length)) = first_command(&read) {
            read.drain(..length);
            let manner = *manner.lock().unwrap();
            let answer: &[u8] = match (manner, command.as_str()) {
                (Manner::Silent, _) => continue,
                (Manner::Closes, _) => return,
                (Manner::Garbage, _) => b"HTTP/1.1 400 Bad Request\r\n\r\n",
                (Manner::ReadOnly, "EVALSHA") => b"-READONLY You can't write here.\r\n",
                (Manner::Grants, "EVALSHA") => b"*4\r\n:0\r\n:0\r\n:0\r\n:1\r\n",
                _ => b"+OK\r\n",
            };
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
        match stream.read_buf(&mut read).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// The name of the first command, and how many bytes it takes, once all of it
/// is there.
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
