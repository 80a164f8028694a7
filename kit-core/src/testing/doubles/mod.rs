//! Test doubles of a service, a server and a peer.

mod faults;
mod in_process;
mod memory;
mod never;
mod running;
mod script;
mod scripted;
mod seeded;

pub use self::{
    faults::{Delay, Faults, Injected},
    in_process::InProcess,
    memory::Memory,
    running::{Running, serve},
    script::Script,
    scripted::Scripted,
};
