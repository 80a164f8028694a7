//! A type-erased service: every `DynAdd` is a [`Dyn`].
//!
//! The trait of a service is not dyn-compatible, as its futures are not boxed.
//! [`Dyn`] boxes one future per call, for programs that choose an implementation
//! at run time or want to keep generics out of their types.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::model::context::Context;
use crate::model::method::{Method, Outcome};
use crate::service::{Contract, Dispatch};

/// A type-erased service of the contract `T`. Clones share the service.
pub struct Dyn<T> {
    methods: Arc<[Box<dyn Any + Send + Sync>]>,
    contract: PhantomData<fn() -> T>,
}

/// A contract whose services can be erased; generated.
#[doc(hidden)]
pub trait Erase<S>: Contract {
    /// Erases each method, in the order of the contract.
    fn erase(erasing: &mut Erasing<S>);
}

/// Erases a service, method by method.
#[doc(hidden)]
pub struct Erasing<S> {
    service: Arc<S>,
    methods: Vec<Box<dyn Any + Send + Sync>>,
}

/// One method of a service whose type is erased.
trait Erased<M: Method>: Send + Sync {
    fn call<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>>;
}

struct Service<S>(Arc<S>);

impl<M: Dispatch<S>, S: Send + Sync> Erased<M> for Service<S> {
    fn call<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>> {
        Box::pin(M::run(&self.0, cx, request))
    }
}

impl<S: Send + Sync + 'static> Erasing<S> {
    /// Erases the next method.
    pub fn method<M: Dispatch<S>>(&mut self) {
        let method: Box<dyn Erased<M>> = Box::new(Service(Arc::clone(&self.service)));
        self.methods.push(Box::new(method));
    }
}

impl<S> fmt::Debug for Erasing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Erasing")
    }
}

impl<T: Contract> Dyn<T> {
    /// Erases the type of a service.
    ///
    /// The attributes of the impl apply to a server of the service itself. A server
    /// of a `Dyn` has only those of the trait.
    pub fn new<S: Send + Sync + 'static>(service: S) -> Self
    where
        T: Erase<S>,
    {
        let mut erasing = Erasing {
            service: Arc::new(service),
            methods: Vec::with_capacity(T::DESCRIPTOR.methods.len()),
        };
        T::erase(&mut erasing);
        Self {
            methods: erasing.methods.into(),
            contract: PhantomData,
        }
    }

    /// Makes a call; generated code calls it.
    #[doc(hidden)]
    pub async fn __call<M: Method>(
        &self,
        index: usize,
        cx: Option<&Context>,
        request: M::Request,
    ) -> Outcome<M> {
        let method = self.methods[index].downcast_ref::<Box<dyn Erased<M>>>();
        let method = method.expect("methods are erased in the order of the contract");
        match cx {
            Some(cx) => method.call(cx, request).await,
            // The method takes no context parameter: pass the ambient one on.
            None => method.call(&Context::current(), request).await,
        }
    }
}

impl<T> Clone for Dyn<T> {
    fn clone(&self) -> Self {
        Self {
            methods: Arc::clone(&self.methods),
            contract: PhantomData,
        }
    }
}

impl<T: Contract> fmt::Debug for Dyn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dyn")
            .field("service", &T::DESCRIPTOR.name)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use crate::{Context, Status};

    #[kit::service(dynamic)]
    trait Greet {
        async fn name(&self) -> Result<String, Status>;
        async fn tenant(&self, cx: &Context, fallback: String) -> Result<String, Status>;
    }

    struct English;

    impl Greet for English {
        async fn name(&self) -> Result<String, Status> {
            Ok("hello".to_owned())
        }
        async fn tenant(&self, cx: &Context, fallback: String) -> Result<String, Status> {
            let tenant = cx.metadata().get("x-tenant").map(str::to_owned);
            Ok(tenant.unwrap_or(fallback))
        }
    }

    struct German;

    impl Greet for German {
        async fn name(&self) -> Result<String, Status> {
            Ok("hallo".to_owned())
        }
        async fn tenant(&self, _: &Context, fallback: String) -> Result<String, Status> {
            Ok(fallback)
        }
    }

    #[tokio::test]
    async fn services_of_different_types_fit_in_one_array() {
        let services = [DynGreet::new(English), DynGreet::new(German)];
        let mut names = Vec::new();
        for service in &services {
            names.push(service.clone().name().await.expect("a name"));
        }
        assert_eq!(names, ["hello", "hallo"]);
    }

    #[tokio::test]
    async fn a_dynamic_service_receives_its_context() {
        let client = GreetClient::local(DynGreet::new(English));
        let cx = Context::new();
        let tenant = client.tenant(&cx, "none".to_owned()).await;
        assert!(matches!(tenant.as_deref(), Ok("none")));
    }
}
