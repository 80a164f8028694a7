//! Compression of a mounted service's responses.

use super::compression::Encoding;
use super::frame::Compression;
use crate::transport::{Mount, Routes};

/// Wraps a service to have its responses compressed for callers that accept
/// it.
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] #[transport(grpc)] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # struct Basic;
/// # impl Add for Basic {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
/// # }
/// # #[cfg(feature = "gzip")] {
/// let add = kit::grpc::Compressed::new(AddServer::new(Basic), kit::grpc::Encoding::Gzip);
/// let server = kit::Server::new().mount(add);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Compressed<T> {
    inner: T,
    compression: Compression,
}

impl<T: Mount> Compressed<T> {
    /// Compresses responses of 1 KiB and more.
    pub fn new(inner: T, encoding: Encoding) -> Self {
        Self {
            inner,
            compression: Compression {
                encoding,
                min_bytes: 1 << 10,
            },
        }
    }

    /// Sets the smallest response that is compressed, in bytes. Compressing
    /// smaller ones costs more than it saves.
    #[must_use]
    pub fn min_bytes(mut self, min_bytes: usize) -> Self {
        self.compression.min_bytes = min_bytes;
        self
    }
}

impl<T: Mount> Mount for Compressed<T> {
    fn mount(self, routes: &mut Routes) {
        let outer = routes.grpc.compression.replace(self.compression);
        self.inner.mount(routes);
        routes.grpc.compression = outer;
    }
}
