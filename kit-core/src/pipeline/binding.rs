//! The link from a server or client to the configuration of its policies.
//!
//! A configuration creates the policies of a service's methods and may change
//! their values at any time, but it owns none of them. Each server and client
//! holds a [`ConfigBinding`], which keeps the configuration alive, so that a
//! file is watched for as long as something is configured by it.

use std::sync::Arc;

use crate::model::descriptor::MethodMeta;
use crate::pipeline::admission::Admission;

/// The policies of one service on one side, created by a configuration.
pub(crate) trait ConfiguredPolicies: Send + Sync {
    /// The policies of a method.
    fn admission(&self, meta: &MethodMeta) -> Option<Arc<Admission>>;
}

/// The configuration of a server or client; empty if it has none.
#[derive(Clone, Default)]
pub(crate) struct ConfigBinding(Option<Arc<dyn ConfiguredPolicies>>);

impl ConfigBinding {
    #[cfg(feature = "config")]
    pub(crate) fn new(policies: Arc<dyn ConfiguredPolicies>) -> Self {
        Self(Some(policies))
    }

    /// The policies of a method, if a configuration created them.
    pub(crate) fn admission(&self, meta: &MethodMeta) -> Option<Arc<Admission>> {
        self.0.as_ref()?.admission(meta)
    }
}
