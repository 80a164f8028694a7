//! What every peer shares, so that the table compares frameworks and not the
//! programs around them: the messages and the work of Go kit's addsvc, one
//! command line, one runtime set-up, one client loop.

mod add;
mod command;
mod load;

pub use add::{ConcatReply, ConcatRequest, SumReply, SumRequest, concat, sum};
pub use command::{Client, Flavor, Role, Server, role};
pub use load::{Length, Load};
