//! The policies of a server or client that a configuration changes.
//!
//! What runs a method's policies is made with the server or the client, and a
//! configuration may give it other values at any time. It keeps none of them
//! alive: whoever was configured holds what it was given, and with it the
//! configuration, so that a file is watched for as long as somebody serves.

use std::sync::Arc;

use crate::model::descriptor::MethodMeta;
use crate::pipeline::admission::Gate;

#[cfg(feature = "config")]
use crate::config::{Config, ConfigError, Gates};
#[cfg(feature = "config")]
use crate::model::descriptor::ServiceDescriptor;
#[cfg(feature = "config")]
use crate::model::policies::{InvalidPolicy, Overrides, SidePolicies};
#[cfg(feature = "config")]
use crate::pipeline::plan::PlanCores;

/// What a configuration was told of a server or client; nothing where it was
/// told nothing.
#[derive(Clone, Default)]
pub(crate) struct Configured {
    #[cfg(feature = "config")]
    methods: Option<Arc<Methods>>,
}

impl Configured {
    /// The gate of a method, where it was made as the server was configured.
    pub(crate) fn gate(&self, meta: &MethodMeta) -> Option<Arc<Gate>> {
        #[cfg(feature = "config")]
        if let Some(methods) = &self.methods {
            let all = methods.service.methods.iter();
            let index = all
                .map(|method| method.meta.name)
                .position(|name| name == meta.name)?;
            return methods.gates.get(index).cloned();
        }
        let _ = meta;
        None
    }
}

/// Every method of a service on one side.
#[cfg(feature = "config")]
struct Methods {
    service: &'static ServiceDescriptor,
    gates: Vec<Arc<Gate>>,
    /// Those of a client; empty for a server.
    plans: Vec<Arc<PlanCores>>,
    /// Kept for as long as it has somebody to tell.
    _config: Config,
}

#[cfg(feature = "config")]
impl Gates for Methods {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        self.gates[method].configure(&policies)?;
        match self.plans.get(method) {
            Some(plan) => plan.configure(&policies),
            None => Ok(()),
        }
    }

    #[cfg(feature = "redis")]
    fn offer(&self, store: &Arc<dyn crate::policy::rate_limit::SharedStore>) {
        for gate in &self.gates {
            gate.offer(store);
        }
    }
}

#[cfg(feature = "config")]
impl Configured {
    /// A server with the gates of its methods; `overrides` are those of its
    /// impl, by method.
    #[cfg(feature = "transport")]
    pub(crate) fn server(
        config: &Config,
        service: &'static ServiceDescriptor,
        overrides: Vec<Overrides>,
    ) -> Result<Self, ConfigError> {
        let methods = service.methods.iter().zip(&overrides);
        let gates = methods.map(|(method, own)| {
            let policies = own.apply(method.meta.policies.server);
            Gate::of(crate::model::side::Side::Server, method.meta, &policies)
        });
        let gates = gates.collect();
        Self::new(
            config,
            service,
            kit_grammar::Side::Server,
            overrides,
            gates,
            Vec::new(),
        )
    }

    /// A client with what it runs its methods' policies with.
    pub(crate) fn client(
        config: &Config,
        service: &'static ServiceDescriptor,
        gates: Vec<Arc<Gate>>,
        plans: Vec<Arc<PlanCores>>,
    ) -> Result<Self, ConfigError> {
        Self::new(
            config,
            service,
            kit_grammar::Side::Client,
            Vec::new(),
            gates,
            plans,
        )
    }

    fn new(
        config: &Config,
        service: &'static ServiceDescriptor,
        side: kit_grammar::Side,
        overrides: Vec<Overrides>,
        gates: Vec<Arc<Gate>>,
        plans: Vec<Arc<PlanCores>>,
    ) -> Result<Self, ConfigError> {
        let methods = Arc::new(Methods {
            service,
            gates,
            plans,
            _config: config.clone(),
        });
        let told: Arc<dyn Gates> = methods.clone();
        config.configure(service, side, overrides, &told)?;
        Ok(Self {
            methods: Some(methods),
        })
    }
}
