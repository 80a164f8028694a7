//! A call whose reply streams on after its handler has returned.
//!
//! For its caller the call lasts as long as the stream, and so it does for
//! whoever counts it: metrics have it in flight, a limit keeps its place. The
//! transport that sends the stream holds this, and tells it of the end.

use crate::model::completion::Ended;
use crate::pipeline::admission::OpenPass;
use crate::telemetry::metrics;

/// What waits for the end of a stream. Dropped without one, it was given up.
pub(crate) struct OpenCall {
    counted: Option<metrics::OpenCall>,
    pass: Option<OpenPass>,
}

impl OpenCall {
    pub(crate) fn new(counted: Option<metrics::OpenCall>, pass: Option<OpenPass>) -> Self {
        Self { counted, pass }
    }

    /// The stream has ended so.
    pub(crate) fn finish(self, ended: Ended) {
        if let Some(pass) = self.pass {
            pass.finish(ended);
        }
        if let Some(counted) = self.counted {
            counted.finish(ended.code);
        }
    }
}
