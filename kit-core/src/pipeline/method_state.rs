//! The state that a client or a server holds for each method.
//!
//! It does not depend on the types of the method, so it is compiled once.

use std::sync::Arc;

use tokio::time::Instant;

use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::policies::Overrides;
use crate::model::side::Side;
use crate::model::status::Status;
use crate::pipeline::admission::{Admission, AdmittedCall};
use crate::pipeline::binding::ConfigBinding;
use crate::telemetry::metrics::MethodMetrics;

/// The policies and metrics of a method on one side.
pub(crate) struct MethodState {
    pub(crate) meta: &'static MethodMeta,
    pub(crate) admission: Arc<Admission>,
    pub(super) metrics: MethodMetrics,
    /// Keeps the configuration alive for as long as the method is served.
    _binding: ConfigBinding,
}

impl MethodState {
    /// The state of a client's method; the client holds the configuration.
    pub(crate) fn of_client(meta: &'static MethodMeta, admission: Arc<Admission>) -> Self {
        Self {
            meta,
            admission,
            metrics: MethodMetrics::bind(Side::Client, meta),
            _binding: ConfigBinding::default(),
        }
    }

    /// The state of a server's method. Its policies come from the configuration,
    /// or else from the contract, overridden by the impl.
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

    /// Admits or refuses a call; waits if a policy queues it.
    #[inline]
    pub(super) async fn admit<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        now: Instant,
        admitted: &mut AdmittedCall<'a>,
    ) -> Result<(), Status> {
        match self.admission.admit(stage, cx, now, admitted)? {
            None => Ok(()),
            Some(waiting) => self.admission.admit_after(waiting, cx, admitted).await,
        }
    }
}
