//! A call whose response still streams after its handler has returned.
//!
//! For its caller the call lasts as long as the stream. So metrics count it as
//! in flight and its concurrency permit stays taken until the stream ends. The
//! context of the call holds a [`StreamingCall`] until the transport has sent
//! the end of the stream.

use crate::model::completion::{Completion, OnStreamEnd};
use crate::pipeline::admission::StreamPermits;
use crate::telemetry::metrics::StreamTimer;

/// The permits and the timer of a call until its stream ends. Dropping it
/// before that means that the call was cancelled.
pub(crate) struct StreamingCall {
    timer: Option<StreamTimer>,
    permits: Option<StreamPermits>,
}

impl StreamingCall {
    pub(crate) fn new(timer: Option<StreamTimer>, permits: Option<StreamPermits>) -> Self {
        Self { timer, permits }
    }
}

impl OnStreamEnd for StreamingCall {
    fn stream_ended(&mut self, completion: Completion) {
        if let Some(permits) = self.permits.take() {
            permits.finish(completion);
        }
        if let Some(timer) = self.timer.take() {
            timer.finish(completion.code);
        }
    }
}
