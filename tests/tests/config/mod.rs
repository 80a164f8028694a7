//! Policy values from files and the environment.

mod compiled;
mod functions;
mod services;
