//! What a file, a variable or a key says of the policies of a service.
//!
//! ```text
//! text ─file─► sections ─read─► changes ─heard─► what holds over what is declared
//! ```
//!
//! The macros read a file as a contract is compiled, the runtime as a program
//! starts. If each had a reader of its own, one file would mean two things, so
//! both have this one. It reads no file: where a text comes from is theirs.
//!
//! ```
//! use kit_grammar::config::{Contract, ContractMethod, changes, parse};
//!
//! let sum = ContractMethod {
//!     name: "sum",
//!     idempotent: true,
//!     repeats: false,
//!     caches: false,
//!     falls_back: false,
//!     plain: false,
//! };
//! let add = Contract { name: "pb.Add", methods: vec![sum], plain: false };
//! let text = "[\"pb.Add\".sum]\nrate_limit = { rate = \"9/s\", brust = 3 }\n";
//! let sections = parse(text, "kit.toml").expect("a file of TOML");
//! let mut problems = Vec::new();
//! changes(&sections, &add, &mut problems);
//! assert_eq!(problems[0].rule(), "`pb.Add.sum.rate_limit` has no key `brust`");
//! ```

mod contract;
mod cross_policy_rules;
mod error;
mod file;
mod merged_patch;
mod policy_patch;
mod read;
mod tree;

pub use self::contract::{Contract, ContractMethod};
pub use self::cross_policy_rules::{Clash, CrossPolicyRules, Foreign};
pub use self::error::{ConfigError, ConfigProblem, Origin};
pub use self::file::{FILE_MAX, parse};
pub use self::merged_patch::MergedPatch;
pub use self::policy_patch::{KeyPatch, PolicyPatch, told};
pub use self::read::{Change, Scope, changes};
pub use self::tree::{Content, Entry, Name, Node, Section, branch};
