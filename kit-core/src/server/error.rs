//! Errors of starting and running a server.

use std::error::Error;
use std::{fmt, io};

use crate::transport::MountError;

/// An error of starting or running a server.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The mounted services conflict; every problem is listed.
    Mount(Vec<MountError>),
    /// Can't listen on the address.
    Bind {
        /// The requested address.
        address: String,
        /// The cause.
        source: io::Error,
    },
    /// A worker's thread or runtime could not be started, or a worker
    /// panicked.
    Worker(io::Error),
    /// Can't listen for the signals that stop the server.
    Signal(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mount(errors) => {
                f.write_str("can't serve the mounted services: ")?;
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        f.write_str("; ")?;
                    }
                    error.fmt(f)?;
                }
                Ok(())
            }
            Self::Bind { address, .. } => write!(f, "can't listen on `{address}`"),
            Self::Worker(_) => f.write_str("a server worker failed"),
            Self::Signal(_) => f.write_str("can't listen for the signals that stop the server"),
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
