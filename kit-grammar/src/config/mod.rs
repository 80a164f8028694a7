//! Parses the configuration of policies: files, variables, keys set in code.
//!
//! ```text
//! text ─file─► sections ─read─► changes ─merged_patch─► patch over the declared policy
//! ```
//!
//! The macros read a file when a contract is compiled, the runtime when a program
//! starts. Both use this parser, so that a file has the same meaning in both. It
//! does no I/O: callers pass the text.
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
//! let sections = parse(text, "kit.toml").expect("valid TOML");
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
pub use self::cross_policy_rules::{Clash, CrossPolicyRules, Unsupported};
pub use self::error::{ConfigError, ConfigProblem, Origin};
pub use self::file::{FILE_MAX, parse};
pub use self::merged_patch::MergedPatch;
pub use self::policy_patch::{KeyPatch, PolicyPatch};
pub use self::read::{Change, Scope, changes};
pub use self::tree::{Content, Entry, Name, Node, Section, branch};
