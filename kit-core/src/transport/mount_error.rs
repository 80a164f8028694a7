//! The errors of mounting services on one server.

use std::fmt;

use crate::policy::rate_limit::store_help;

/// A service cannot be mounted: it collides with another one, or needs what the
/// server does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MountError {
    /// Two services have the same name.
    SameService {
        /// The name.
        service: String,
    },
    /// Two methods have the same route.
    SameRoute {
        /// The route, such as `POST /sum`.
        route: String,
        /// The method that was mounted first, such as `pb.Add.sum`.
        first: String,
        /// The method that was mounted later.
        second: String,
    },
    /// A route is invalid, or ambiguous with another one.
    Route {
        /// The route, its method and the rule that it breaks.
        problem: String,
    },
    /// Two external services have the same prefix.
    SamePrefix {
        /// The prefix.
        prefix: String,
    },
    /// A rate limit is counted in a shared store that the server does not have.
    NoStore {
        /// The method, such as `pb.Add.sum`.
        method: String,
        /// The name of the store, such as `redis`.
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
                "the rate limit of `{method}` is counted in the store `{store}`, which the server does \
                 not have: {}, or give it a store by `.rate_limit_store(..)`, or write \
                 `store = \"local\"`",
                store_help(store)
            ),
        }
    }
}

impl std::error::Error for MountError {}
