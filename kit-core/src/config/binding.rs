//! Binds servers and clients to a configuration of their policies.

use std::sync::Arc;

use super::{Config, ConfigError, PolicyTarget};
use crate::client::{Client, client_methods, set_store};
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::pipeline::admission::Admission;
use crate::pipeline::binding::{ConfigBinding, ConfiguredPolicies};
use crate::pipeline::plan::PlanCores;
use crate::policy::rate_limit::SharedStore;
use crate::service::Contract;
#[cfg(feature = "transport")]
use crate::{
    model::policies::Overrides, model::side::Side, service::ServiceServer, transport::Mounted,
};

impl<T: Contract, C> Client<T, C> {
    /// Takes its policies from a configuration, now and with every later change.
    /// The policies start without state; later clones share it.
    ///
    /// # Errors
    /// The configuration has invalid values for this service.
    pub fn configure(mut self, config: &Config) -> Result<Self, ConfigError> {
        let methods = client_methods(T::DESCRIPTOR.methods);
        set_store(&methods, self.store.as_ref());
        let admissions = methods
            .iter()
            .map(|method| Arc::clone(&method.state.admission));
        let policies = Arc::new(Methods {
            service: T::DESCRIPTOR,
            admissions: admissions.collect(),
            plans: methods
                .iter()
                .map(|method| Arc::clone(&method.plan))
                .collect(),
            _config: config.clone(),
        });
        let target: Arc<dyn PolicyTarget> = policies.clone();
        config.configure(
            T::DESCRIPTOR,
            kit_grammar::Side::Client,
            Vec::new(),
            &target,
        )?;
        self.binding = ConfigBinding::new(policies);
        self.methods = methods;
        Ok(self)
    }
}

#[cfg(feature = "transport")]
impl<T: Mounted<S, L>, S, L> ServiceServer<T, S, L> {
    /// Takes its policies from a configuration, now and with every later change.
    /// All mounts of this server and of its clones share the state of their
    /// policies.
    ///
    /// # Errors
    /// The configuration has invalid values for this service.
    ///
    /// ```
    /// # use kit::prelude::*;
    /// # #[kit::service(name = "pb.Add")] pub trait Add {
    /// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
    /// # }
    /// # struct Basic;
    /// # impl Add for Basic {
    /// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
    /// # }
    /// let file = "[\"pb.Add\".sum]\nrate_limit = \"100/s, burst = 20\"\n";
    /// let config = kit::Config::parse(file, "kit.toml")?;
    /// let server = AddServer::new(Basic).configure(&config)?;
    ///
    /// // Later, while it runs:
    /// config.set("pb.Add.sum.rate_limit.burst", "50")?;
    /// # Ok::<(), kit::config::ConfigError>(())
    /// ```
    pub fn configure(mut self, config: &Config) -> Result<Self, ConfigError> {
        let methods = T::DESCRIPTOR.methods.iter();
        let overrides: Vec<Overrides> = methods
            .map(|method| T::overrides(method.meta.name))
            .collect();
        let methods = T::DESCRIPTOR.methods.iter().zip(&overrides);
        let admissions = methods.map(|(method, own)| {
            let policies = own.apply(method.meta.policies.server);
            Admission::of(Side::Server, method.meta, &policies)
        });
        let policies = Arc::new(Methods {
            service: T::DESCRIPTOR,
            admissions: admissions.collect(),
            plans: Vec::new(),
            _config: config.clone(),
        });
        let target: Arc<dyn PolicyTarget> = policies.clone();
        config.configure(T::DESCRIPTOR, kit_grammar::Side::Server, overrides, &target)?;
        self.binding = ConfigBinding::new(policies);
        Ok(self)
    }
}

/// The policies of all methods of a service on one side.
struct Methods {
    service: &'static ServiceDescriptor,
    admissions: Vec<Arc<Admission>>,
    /// The plans of a client; empty for a server.
    plans: Vec<Arc<PlanCores>>,
    /// Keeps the configuration alive for as long as something is configured by it.
    _config: Config,
}

impl ConfiguredPolicies for Methods {
    fn admission(&self, meta: &MethodMeta) -> Option<Arc<Admission>> {
        let mut methods = self.service.methods.iter();
        let index = methods.position(|method| method.meta.name == meta.name)?;
        self.admissions.get(index).cloned()
    }
}

impl PolicyTarget for Methods {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        self.admissions[method].configure(&policies)?;
        match self.plans.get(method) {
            Some(plan) => plan.configure(&policies),
            None => Ok(()),
        }
    }

    fn set_default_store(&self, name: &'static str, store: &Arc<dyn SharedStore>) {
        for admission in &self.admissions {
            admission.set_default_store(name, store);
        }
    }
}
