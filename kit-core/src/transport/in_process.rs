//! Endpoints of mounted methods with their types, for channels in this process.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};

/// An endpoint per method, by the method's marker type.
pub(crate) type Endpoints = HashMap<TypeId, Box<dyn Any + Send + Sync>>;

/// An endpoint whose type is erased.
pub(crate) trait AnyEndpoint<M: Method>: Send + Sync {
    fn call_boxed<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>>;
}

impl<M: Method, E: Endpoint<M>> AnyEndpoint<M> for E {
    fn call_boxed<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>> {
        Box::pin(self.call(cx, request))
    }
}
