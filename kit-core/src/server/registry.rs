//! Services that register themselves.
//!
//! `#[kit::service(register)]` on an impl adds it to a list at link time, so that
//! a server can mount all registered services without naming them.

use std::fmt;

use crate::transport::Routes;

/// A registered service.
pub struct Registration {
    /// The type that implements the service.
    pub name: &'static str,
    /// Creates the service and mounts it.
    pub mount: fn(&mut Routes),
}

impl Registration {
    /// Creates a registration from the name of the service's type and the function
    /// that mounts it.
    pub const fn new(name: &'static str, mount: fn(&mut Routes)) -> Self {
        Self { name, mount }
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

inventory::collect!(Registration);

/// The registered services of the program, in no particular order.
pub fn registered() -> impl Iterator<Item = &'static Registration> {
    inventory::iter::<Registration>.into_iter()
}
