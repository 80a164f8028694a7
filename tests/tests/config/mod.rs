//! Policy values from files and the environment.

mod compiled_file;
mod functions;
mod services;
