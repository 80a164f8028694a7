//! The one option that every example server has.

use lexopt::prelude::*;

/// Where a server listens, from `--addr`.
///
/// # Errors
/// The command line has anything else on it.
pub fn address(program: &str) -> Result<String, lexopt::Error> {
    let mut address = "127.0.0.1:8080".to_owned();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("addr") => address = arguments.value()?.string()?,
            Long("help") | Short('h') => {
                return Err(format!("usage: {program} [--addr HOST:PORT]").into());
            }
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(address)
}
