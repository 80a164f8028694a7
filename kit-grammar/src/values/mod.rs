//! The types of values, and the parsers and formatters of their text.

mod bound;
mod codes;
pub mod duration;
mod kind;
mod percentile;
mod problem;
pub mod range;
pub mod rate;
mod read;
pub mod size;
mod value;

pub use self::{
    bound::Bound,
    codes::CODES,
    kind::Kind,
    problem::Problem,
    rate::Rate,
    value::{CountedBy, Value},
};
