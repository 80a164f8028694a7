//! Listening sockets of a server: TCP and Unix.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use crate::model::context::Peer;
use crate::net::stream::Stream;

/// The most connections that wait to be accepted; the kernel may cap it.
const BACKLOG: i32 = 4096;

/// A listening socket that no runtime has registered yet, so that the runtime
/// of a worker can do so.
pub(crate) enum BoundListener {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

/// A listening socket registered with the current runtime.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

impl BoundListener {
    /// Registers it with the current runtime.
    pub(crate) fn listen(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(socket) => TcpListener::from_std(socket).map(Listener::Tcp),
            #[cfg(unix)]
            Self::Unix(socket) => UnixListener::from_std(socket).map(Listener::Unix),
        }
    }

    /// Accepts a waiting connection, whether or not the runtime has seen it.
    pub(crate) fn try_accept(&self) -> io::Result<(Stream, Option<Peer>)> {
        match self {
            Self::Tcp(socket) => {
                let (stream, peer) = socket.accept()?;
                stream.set_nonblocking(true)?;
                accepted_tcp(TcpStream::from_std(stream)?, peer)
            }
            #[cfg(unix)]
            Self::Unix(socket) => {
                let (stream, _) = socket.accept()?;
                stream.set_nonblocking(true)?;
                let stream = Stream::Unix(UnixStream::from_std(stream)?);
                Ok((stream, Some(Peer::Unix)))
            }
        }
    }
}

impl Listener {
    /// Deregisters it from the runtime.
    pub(crate) fn into_std(self) -> io::Result<BoundListener> {
        match self {
            Self::Tcp(listener) => listener.into_std().map(BoundListener::Tcp),
            #[cfg(unix)]
            Self::Unix(listener) => listener.into_std().map(BoundListener::Unix),
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<(Stream, Option<Peer>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                accepted_tcp(stream, peer)
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), Some(Peer::Unix)))
            }
        }
    }
}

fn accepted_tcp(stream: TcpStream, peer: SocketAddr) -> io::Result<(Stream, Option<Peer>)> {
    // A response is written whole: waiting to fill a packet would only delay
    // it.
    stream.set_nodelay(true)?;
    Ok((Stream::Tcp(stream), Some(Peer::Socket(peer))))
}

/// One socket per worker on the same address; the kernel spreads connections
/// over them. With port 0, all use the port that the first one got.
pub(crate) fn tcp(address: SocketAddr, count: usize) -> io::Result<Vec<BoundListener>> {
    let first = tcp_socket(address, count > 1)?;
    let address = first.local_addr()?;
    let mut sockets = vec![BoundListener::Tcp(first)];
    for _ in 1..count {
        sockets.push(BoundListener::Tcp(tcp_socket(address, true)?));
    }
    Ok(sockets)
}

fn tcp_socket(address: SocketAddr, shared: bool) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A restarted server must not wait for its predecessor's connections to
    // expire. On Windows the option means something else.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    if shared {
        socket.set_reuse_port(true)?;
    }
    #[cfg(not(unix))]
    if shared {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "several workers on one address need SO_REUSEPORT",
        ));
    }
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A Unix socket, shared by all workers. A stale socket file, with no listener,
/// is replaced; any other file is not.
#[cfg(unix)]
pub(crate) fn unix(path: &Path, count: usize) -> io::Result<Vec<BoundListener>> {
    use std::os::unix::fs::FileTypeExt as _;
    use std::os::unix::net::{UnixListener as Std, UnixStream as Client};

    let is_socket = std::fs::metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket
        && let Err(error) = Client::connect(path)
        && error.kind() == io::ErrorKind::ConnectionRefused
    {
        std::fs::remove_file(path)?;
    }
    let first = Std::bind(path)?;
    first.set_nonblocking(true)?;
    let mut sockets = Vec::with_capacity(count);
    for _ in 1..count {
        sockets.push(BoundListener::Unix(first.try_clone()?));
    }
    sockets.push(BoundListener::Unix(first));
    Ok(sockets)
}

/// Removes the file of a Unix socket when its server ends.
#[cfg(unix)]
pub(crate) struct SocketFile(pub(crate) PathBuf);

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(target: "kit::server", path = %self.0.display(), %error, "can't remove the socket's file");
        }
    }
}
