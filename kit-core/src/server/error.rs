//! Why a server did not start, or did not go on.

use std::error::Error;
use std::{fmt, io};

use crate::transport::MountError;

/// Why a server did not start, or did not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// What was mounted can't be served together; every problem is listed.
    Mount(Vec<MountError>),
    /// The address can't be listened on.
    Bind {
        /// The address as it was asked for.
        address: String,
        /// Why not.
        source: io::Error,
    },
    /// A worker's thread or runtime could not be started, or a worker
    /// panicked.
    Worker(io::Error),
    /// The signals that end the server can't be watched.
    Signal(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mount(errors) => {
                f.write_str("can't serve what is mounted: ")?;
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        f.write_str("; ")?;
                    }
                    error.fmt(f)?;
                }
                Ok(())
            }
            Self::Bind { address, .. } => write!(f, "can't listen on `{address}`"),
            Self::Worker(_) => f.write_str("a worker of the server failed"),
            Self::Signal(_) => f.write_str("can't watch for the signals that end the server"),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Mount(_) => None,
            Self::Bind { source, .. } | Self::Worker(source) | Self::Signal(source) => Some(source),
        }
    }
}
