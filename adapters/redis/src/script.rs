//! One step of the generic cell rate algorithm (GCRA), as a Lua script in Redis.
//!
//! The value of a bucket is the time at which it is full again, as microseconds
//! of the server's clock plus the remaining nanoseconds, and the limit by which
//! it was counted. A call with another limit converts the bucket to that limit
//! and keeps the number of calls taken, as the limiter of a process does.
//! Numbers in a script are exact up to 2^53: 285 years of microseconds since
//! 1970, and 104 days of nanoseconds taken from a bucket.

use std::sync::LazyLock;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisResult, Script};
use kit_core::policy::rate_limit::{BucketLimit, StoreAnswer};

/// - KEYS: the buckets. The call is taken from all of them, or from none.
/// - ARGV: the longest wait of this call and of any call, then for each bucket
///   the cost of one call and the capacity, all in nanoseconds.
/// - Returns the fields of [`ScriptResponse`].
const TEXT: &str = r"
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local longest, wait_max = tonumber(ARGV[1]), tonumber(ARGV[2])

local function taken_from(bucket, step, capacity)
  -- Another program may have written the key: treat that as a full bucket.
  local kept = redis.pcall('GET', bucket)
  if type(kept) ~= 'string' then return 0 end
  local us, ns, old_step, old_capacity = string.match(kept, '^(%d+) (%d+) (%d+) (%d+)$')
  if not us then return 0 end
  old_step, old_capacity = tonumber(old_step), tonumber(old_capacity)
  local taken = math.max(0, (tonumber(us) - now) * 1000 + tonumber(ns))
  if old_step ~= step or old_capacity ~= capacity then
    -- Keep the number of calls taken, at most the new capacity, and add those
    -- that were promised to waiting calls.
    local promised = math.max(0, taken - old_capacity)
    local held = math.floor((taken - promised) * step / old_step)
    taken = math.min(held, capacity) + math.floor(promised * step / old_step)
  end
  -- More than could be promised means that the clock went back.
  return math.min(taken, capacity + wait_max)
end

local wait, before, after = 0, 0, {}
for i, bucket in ipairs(KEYS) do
  local step, capacity = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local taken = taken_from(bucket, step, capacity)
  local own_wait = math.max(0, taken + step - capacity)
  if own_wait > longest then return {i, own_wait, taken, now} end
  if i == 1 then before = taken end
  wait = math.max(wait, own_wait)
  after[i] = taken + step
end
for i, bucket in ipairs(KEYS) do
  local us = now + math.floor(after[i] / 1000)
  local kept = string.format('%.0f %.0f %s %s', us, after[i] % 1000, ARGV[2 * i + 1], ARGV[2 * i + 2])
  -- A full bucket equals a missing key, so it expires when it is full.
  redis.call('SET', bucket, kept, 'PX', string.format('%.0f', math.ceil(after[i] / 1000000)))
end
return {0, wait, before, now}
";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(TEXT));

/// The arguments of the script.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScriptRequest<'a> {
    pub(super) buckets: &'a [(Vec<u8>, BucketLimit)],
    pub(super) longest: Duration,
    pub(super) wait_max: Duration,
}

/// The result of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScriptResponse {
    /// The bucket that refused, counted from 1; 0 if the call was granted.
    pub(super) refused_by: u64,
    /// The time until the call may start, in nanoseconds.
    pub(super) wait: u64,
    /// What was taken before this call from the bucket that refused, or from
    /// the first one, in nanoseconds.
    pub(super) taken: u64,
    /// The clock of the server, in microseconds since 1970.
    pub(super) now: u64,
}

impl From<ScriptResponse> for StoreAnswer {
    fn from(response: ScriptResponse) -> Self {
        let wait = Duration::from_nanos(response.wait);
        match response.refused_by {
            0 => Self::Granted { wait },
            bucket => Self::Refused {
                by_total: bucket > 1,
                wait,
                taken: Duration::from_nanos(response.taken),
            },
        }
    }
}

/// Runs the script by its digest, and loads it first if the server does not
/// have it.
pub(super) async fn run(
    connection: &mut MultiplexedConnection,
    request: ScriptRequest<'_>,
) -> RedisResult<ScriptResponse> {
    let mut call = SCRIPT.prepare_invoke();
    call.arg(nanoseconds(request.longest))
        .arg(nanoseconds(request.wait_max));
    for (bucket, limit) in request.buckets {
        call.key(bucket.as_slice())
            .arg(nanoseconds(limit.step))
            .arg(nanoseconds(limit.capacity));
    }
    let (refused_by, wait, taken, now) = call.invoke_async(connection).await?;
    Ok(ScriptResponse {
        refused_by,
        wait,
        taken,
        now,
    })
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
