//! Why services cannot be served together.

use std::fmt;

use crate::policy::rate_limit::store_help;

/// Why two things can't be served by one server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MountError {
    /// Two services have one name.
    SameService {
        /// The name.
        service: String,
    },
    /// Two methods have one route.
    SameRoute {
        /// The route, as in `POST /sum`.
        route: String,
        /// Who has it, as in `pb.Add.sum`.
        first: String,
        /// Who wants it too.
        second: String,
    },
    /// A route that can't be read, or not told from another.
    Route {
        /// The route, whose it is, and what is wrong with it.
        problem: String,
    },
    /// Two external services have one prefix.
    SamePrefix {
        /// The prefix.
        prefix: String,
    },
    /// A rate limit is shared, and the server has no such store.
    NoStore {
        /// The method, as in `pb.Add.sum`.
        method: String,
        /// The name of the store, as in `redis`.
        store: String,
    },
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameService { service } => write!(
                f,
                "service `{service}` is mounted twice: mount it once, or give one of the two another name"
            ),
            Self::SameRoute {
                route,
                first,
                second,
            } => write!(f, "`{second}` and `{first}` both have the route `{route}`"),
            Self::Route { problem } => f.write_str(problem),
            Self::SamePrefix { prefix } => {
                write!(f, "two services are mounted at the prefix `{prefix}`")
            }
            Self::NoStore { method, store } => write!(
                f,
                "the rate limit of `{method}` is counted in the store `{store}`, which the server was \
                 not given: {}, or give it a store by `.rate_limit_store(..)`, or write \
                 `store = \"local\"`",
                store_help(store)
            ),
        }
    }
}

impl std::error::Error for MountError {}
