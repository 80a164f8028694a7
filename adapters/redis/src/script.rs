//! One step of the generic cell rate algorithm, inside of Redis.
//!
//! A bucket is kept as the time at which it is full, in microseconds of the
//! server's clock with the nanoseconds beyond, and the limit that it was
//! counted by: whoever comes with another one takes it over to his, call for
//! call, as the limiter of a process does. Numbers in a script are exact up to
//! 2^53, which is 285 years of microseconds since 1970, and 104 days of
//! nanoseconds for what is taken from a bucket.

use std::sync::LazyLock;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisResult, Script};
use kit_core::policy::rate_limit::{BucketLimit, StoreAnswer};

/// KEYS: the buckets that a call is taken from, all or none.
/// ARGV: the longest wait of this call and of any, then of each bucket what
/// one call takes and what it holds; all in nanoseconds.
/// Answers with which bucket refused, or 0; the wait; what was taken from the
/// bucket that refused, else from the first, before; the time.
const TEXT: &str = r"
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local longest, wait_max = tonumber(ARGV[1]), tonumber(ARGV[2])

local function taken_from(bucket, step, capacity)
  -- What somebody else wrote there is no bucket.
  local kept = redis.pcall('GET', bucket)
  if type(kept) ~= 'string' then return 0 end
  local us, ns, old_step, old_capacity = string.match(kept, '^(%d+) (%d+) (%d+) (%d+)$')
  if not us then return 0 end
  old_step, old_capacity = tonumber(old_step), tonumber(old_capacity)
  local taken = math.max(0, (tonumber(us) - now) * 1000 + tonumber(ns))
  if old_step ~= step or old_capacity ~= capacity then
    -- As many calls are taken as were, or all that it has; what was promised
    -- to waiting calls comes on top.
    local promised = math.max(0, taken - old_capacity)
    local held = math.floor((taken - promised) * step / old_step)
    taken = math.min(held, capacity) + math.floor(promised * step / old_step)
  end
  -- More than was ever promised is a clock that went back.
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
  -- A bucket that is full is as good as none.
  redis.call('SET', bucket, kept, 'PX', string.format('%.0f', math.ceil(after[i] / 1000000)))
end
return {0, wait, before, now}
";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(TEXT));

/// What the script is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) buckets: &'a [(Vec<u8>, BucketLimit)],
    pub(super) longest: Duration,
    pub(super) wait_max: Duration,
}

/// What the script answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Which bucket refused, counted from 1; else 0.
    pub(super) refused_by: u64,
    /// In nanoseconds.
    pub(super) wait: u64,
    /// In nanoseconds.
    pub(super) taken: u64,
    /// In microseconds since 1970.
    pub(super) now: u64,
}

impl From<Answer> for StoreAnswer {
    fn from(answer: Answer) -> Self {
        let wait = Duration::from_nanos(answer.wait);
        match answer.refused_by {
            0 => Self::Granted { wait },
            bucket => Self::Refused {
                by_total: bucket > 1,
                wait,
                taken: Duration::from_nanos(answer.taken),
            },
        }
    }
}

/// Runs the script; a server that does not know it is told it.
pub(super) async fn run(
    connection: &mut MultiplexedConnection,
    asked: Asked<'_>,
) -> RedisResult<Answer> {
    let mut call = SCRIPT.prepare_invoke();
    call.arg(nanoseconds(asked.longest))
        .arg(nanoseconds(asked.wait_max));
    for (bucket, limit) in asked.buckets {
        call.key(bucket.as_slice())
            .arg(nanoseconds(limit.step))
            .arg(nanoseconds(limit.capacity));
    }
    let (refused_by, wait, taken, now) = call.invoke_async(connection).await?;
    Ok(Answer {
        refused_by,
        wait,
        taken,
        now,
    })
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
