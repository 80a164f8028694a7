//! Services that register themselves.
//!
//! `#[kit::service(register)]` on an impl adds it here as the program is
//! linked, so that a server can mount all of them without naming any.

use std::fmt;

use crate::transport::Routes;

/// A registered service.
pub struct Registration {
    /// The type that implements the service.
    pub name: &'static str,
    /// Makes the service and mounts it.
    pub mount: fn(&mut Routes),
}

impl Registration {
    /// A service, by its type's name and the function that mounts it.
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

/// The services that the program was linked with, in no particular order.
pub fn registered() -> impl Iterator<Item = &'static Registration> {
    inventory::iter::<Registration>.into_iter()
}
