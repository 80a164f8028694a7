//! Policies: their definitions in one table, their settings and the rules about them.

mod definition;
mod rules;
mod setting;
mod settings;
mod stores;
mod table;

pub use self::{
    definition::{Key, Policy, Side, Sides},
    rules::{Violation, check},
    setting::Setting,
    settings::Settings,
    stores::{ADAPTER_STORES, LOCAL_STORE},
    table::POLICIES,
};
