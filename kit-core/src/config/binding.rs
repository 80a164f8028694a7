//! Binds servers and clients to a configuration of their policies.

use std::sync::Arc;

use super::{Config, ConfigError, PolicyTarget};
use crate::client::{Client, ClientMethod, client_methods, set_store};
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::policies::{InvalidPolicy, Overrides, SidePolicies};
use crate::pipeline::admission::Admission;
use crate::pipeline::binding::{ConfigBinding, ConfiguredPolicies};
use crate::pipeline::plan::PlanCores;
use crate::policy::rate_limit::SharedStore;
use crate::service::Contract;
#[cfg(feature = "transport")]
use crate::{model::side::Side, service::ServiceServer, transport::Mounted};

impl<T: Contract, C> Client<T, C> {
    /// Takes its policies from a configuration, now and with every later change.
    /// The policies start without state; later clones share it.
    ///
    /// # Errors
    /// The configuration has invalid values for this service.
    pub fn configure(mut self, config: &Config) -> Result<Self, ConfigError> {
        let methods = client_methods(T::DESCRIPTOR.methods);
        set_store(&methods, self.store.as_ref());
        self.binding = bind_client(config, T::DESCRIPTOR, &methods)?;
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
        let overrides = methods.map(|method| T::overrides(method.meta.name));
        self.binding = bind_server(config, T::DESCRIPTOR, overrides.collect())?;
        Ok(self)
    }
}

/// Configures the methods of a client, whatever its types.
fn bind_client(
    config: &Config,
    service: &'static ServiceDescriptor,
    methods: &[ClientMethod],
) -> Result<ConfigBinding, ConfigError> {
    let (admissions, plans) = methods
        .iter()
        .map(|method| {
            let admission = Arc::clone(&method.state.admission);
            (admission, Arc::clone(&method.plan))
        })
        .unzip();
    bind(
        config,
        service,
        kit_grammar::Side::Client,
        Vec::new(),
        admissions,
        plans,
    )
}

/// Configures the methods of a server, whatever its types.
#[cfg(feature = "transport")]
fn bind_server(
    config: &Config,
    service: &'static ServiceDescriptor,
    overrides: Vec<Overrides>,
) -> Result<ConfigBinding, ConfigError> {
    let methods = service.methods.iter().zip(&overrides);
    let admissions = methods.map(|(method, own)| {
        let policies = own.apply(method.meta.policies.server);
        Admission::of(Side::Server, method.meta, &policies)
    });
    let admissions = admissions.collect();
    bind(
        config,
        service,
        kit_grammar::Side::Server,
        overrides,
        admissions,
        Vec::new(),
    )
}

fn bind(
    config: &Config,
    service: &'static ServiceDescriptor,
    side: kit_grammar::Side,
    overrides: Vec<Overrides>,
    admissions: Vec<Arc<Admission>>,
    plans: Vec<Arc<PlanCores>>,
) -> Result<ConfigBinding, ConfigError> {
    let policies = Arc::new(Methods {
        service,
        admissions,
        plans,
        _config: config.clone(),
    });
    let target: Arc<dyn PolicyTarget> = policies.clone();
    config.configure(service, side, overrides, &target)?;
    Ok(ConfigBinding::new(policies))
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
