//! A crate that depends on kit under another name.
//!
//! A package can't depend on kit under two names, so this case needs a package
//! of its own; `hygiene/pass/kit_renamed.rs` runs it.

use renamed_kit::Status;

/// Two numbers.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, renamed_kit::Message)]
#[kit(crate = renamed_kit)]
pub struct Pair {
    /// The first.
    pub a: i64,
    /// The second.
    pub b: i64,
}

/// Errors of a sum.
#[derive(Debug, renamed_kit::ServiceError)]
#[kit(crate = renamed_kit)]
pub enum AddError {
    /// Both numbers are zero.
    #[status(invalid_argument)]
    TwoZeroes,
    /// Any other failure.
    Status(Status),
}

impl std::fmt::Display for AddError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TwoZeroes => f.write_str("can't sum two zeroes"),
            Self::Status(status) => status.fmt(f),
        }
    }
}

impl std::error::Error for AddError {}

impl From<Status> for AddError {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// Adds numbers.
#[renamed_kit::service(crate = renamed_kit, name = "pb.Add", dynamic, mock)]
#[transport(http(prefix = "/v1"), grpc)]
#[timeout("2s")]
pub trait Add {
    /// Sums a pair.
    #[endpoint(post = "/sum", idempotent)]
    #[middleware(renamed_kit::Identity)]
    async fn sum(&self, cx: &renamed_kit::Context, #[body] pair: Pair) -> Result<i64, AddError>;

    /// Counts up to a number.
    #[transport(grpc)]
    async fn upto(&self, n: u64) -> Result<renamed_kit::Streaming<u64>, Status>;
}

/// Adds the numbers.
#[derive(Debug, Default)]
pub struct Basic;

#[renamed_kit::service(crate = renamed_kit, register)]
#[timeout("1s")]
impl Add for Basic {
    #[middleware(renamed_kit::Identity)]
    async fn sum(&self, _: &renamed_kit::Context, pair: Pair) -> Result<i64, AddError> {
        match (pair.a, pair.b) {
            (0, 0) => Err(AddError::TwoZeroes),
            (a, b) => Ok(a + b),
        }
    }

    async fn upto(&self, n: u64) -> Result<renamed_kit::Streaming<u64>, Status> {
        Ok(renamed_kit::Streaming::from_items(0..n))
    }
}

/// Sums as [`Basic`] does, with a retry. One of the policies names the crate,
/// and the others use it too.
///
/// # Errors
/// The errors of the sum.
#[renamed_kit::retry(attempts = 2)]
#[renamed_kit::timeout("1h", crate = renamed_kit)]
#[renamed_kit::fallback(none, on(unavailable))]
pub async fn sum(a: i64, b: i64) -> Result<i64, Status> {
    a.checked_add(b)
        .ok_or_else(|| Status::unavailable("no room"))
}

async fn none(_: i64, _: i64, _: Status) -> Result<i64, Status> {
    Ok(0)
}
