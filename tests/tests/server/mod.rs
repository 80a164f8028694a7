//! Listeners, connections, built-in pages, startup and shutdown.

mod builtin_pages;
mod connections;
mod eager_methods;
mod fixtures;
mod http1;
mod http2;
mod in_memory;
mod lifecycle;
mod listeners;
mod mounting;
mod timeouts;
mod workers;
