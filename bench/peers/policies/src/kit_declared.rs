//! kit's policies as a contract declares them, and a client in the process.
//!
//! A client counts its calls, their errors and how long they take, keeps the
//! caller's context and looks at its deadline: `plain` is what that costs, and
//! what the others are to be compared with.

use kit::prelude::*;

use crate::Case;
use crate::others::once_pending;

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "client" => |run| run_client!(run, local(), plain),
        "client-pending" => |run| run_client!(run, local(), pending),
        "client-timeout" => |run| run_client!(run, local(), timed),
        "client-timeout-pending" => |run| run_client!(run, local(), timed_pending),
        "client-retry" => |run| run_client!(run, local(), retried),
        "client-hedge" => |run| run_client!(run, local(), hedged),
        "client-breaker" => |run| run_client!(run, local(), broken),
        "client-rate" => |run| run_client!(run, local(), metered),
        "client-concurrency" => |run| run_client!(run, local(), bounded),
        "client-cache" => |run| run_client!(run, local(), cached),
        "client-chain" => |run| run_client!(run, local(), all),
        _ => return None,
    })
}

#[kit::service(name = "bench.Double")]
#[transport(http)]
trait Double {
    async fn plain(&self, n: i64) -> Result<i64, Status>;

    async fn pending(&self, n: i64) -> Result<i64, Status>;

    #[timeout("2s")]
    async fn timed(&self, n: i64) -> Result<i64, Status>;

    #[timeout("2s")]
    async fn timed_pending(&self, n: i64) -> Result<i64, Status>;

    #[endpoint(idempotent)]
    #[retry]
    async fn retried(&self, n: i64) -> Result<i64, Status>;

    #[endpoint(idempotent)]
    #[hedge(after = "1s")]
    async fn hedged(&self, n: i64) -> Result<i64, Status>;

    #[breaker]
    async fn broken(&self, n: i64) -> Result<i64, Status>;

    #[rate_limit("1000000000/s", at = client)]
    async fn metered(&self, n: i64) -> Result<i64, Status>;

    #[concurrency(100, at = client)]
    async fn bounded(&self, n: i64) -> Result<i64, Status>;

    #[endpoint(idempotent)]
    #[cache(ttl = "24h")]
    async fn cached(&self, n: i64) -> Result<i64, Status>;

    #[endpoint(idempotent)]
    #[timeout("2s")]
    #[retry]
    #[breaker]
    #[rate_limit("1000000000/s", at = client)]
    #[concurrency(100, at = client)]
    async fn all(&self, n: i64) -> Result<i64, Status>;
}

struct Twice;

#[kit::service]
impl Double for Twice {
    async fn plain(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn pending(&self, _: i64) -> Result<i64, Status> {
        Ok(once_pending().await)
    }

    async fn timed(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn timed_pending(&self, _: i64) -> Result<i64, Status> {
        Ok(once_pending().await)
    }

    async fn retried(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn hedged(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn broken(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn metered(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn bounded(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn cached(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }

    async fn all(&self, n: i64) -> Result<i64, Status> {
        Ok(2 * n)
    }
}

fn local() -> DoubleClient<kit::Local<Twice>> {
    DoubleClient::local(Twice)
}

/// Calls one method of a client that all threads share.
macro_rules! run_client {
    ($run:expr, $client:expr, $method:ident) => {{
        let client = &$client;
        $run.futures(|| async || matches!(client.$method(21).await, Ok(42)))
    }};
}
use run_client;
