//! Listeners, connections, startup and shutdown.

mod eager_methods;
mod hostile;
mod lifecycle;
