//! Names: their spelling in the environment, and suggestions for misspelled ones.

mod suggestions;
mod upper_snake;

pub use self::{
    suggestions::{did_you_mean, nearest},
    upper_snake::upper_snake,
};
