//! What one side holds of a method, and how it lets a call in.
//!
//! It knows nothing of the types of a method, so it is compiled once.

use std::sync::Arc;

use tokio::time::Instant;

use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::policies::Overrides;
use crate::model::side::Side;
use crate::model::status::Status;
use crate::pipeline::admission::{Admission, Entered};
use crate::pipeline::binding::ConfigBinding;
use crate::telemetry::metrics::MethodMetrics;

/// A method of a client or a server: its policies and its metrics.
pub(crate) struct MethodState {
    pub(crate) meta: &'static MethodMeta,
    pub(crate) admission: Arc<Admission>,
    pub(super) metrics: MethodMetrics,
    /// Kept for as long as the method is served.
    _binding: ConfigBinding,
}

impl MethodState {
    /// A method of a client; the client keeps its configuration.
    pub(crate) fn of_client(meta: &'static MethodMeta, admission: Arc<Admission>) -> Self {
        Self {
            meta,
            admission,
            metrics: MethodMetrics::bind(Side::Client, meta),
            _binding: ConfigBinding::default(),
        }
    }

    /// A method of a server, under the policies of its contract with those of
    /// its impl over them, or as its configuration has them.
    pub(crate) fn of_server(
        meta: &'static MethodMeta,
        overrides: Overrides,
        binding: ConfigBinding,
    ) -> Self {
        let declared = || {
            let policies = overrides.apply(meta.policies.server);
            Admission::of(Side::Server, meta, &policies)
        };
        Self {
            meta,
            admission: binding.admission(meta).unwrap_or_else(declared),
            metrics: MethodMetrics::bind(Side::Server, meta),
            _binding: binding,
        }
    }

    /// Lets a call in, or refuses it; waits where a policy has it wait.
    #[inline]
    pub(super) async fn admit<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        now: Instant,
        entered: &mut Entered<'a>,
    ) -> Result<(), Status> {
        match self.admission.enter(stage, cx, now, entered)? {
            None => Ok(()),
            Some(waiting) => self.admission.enter_after(waiting, cx, entered).await,
        }
    }
}
