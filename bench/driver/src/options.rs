//! The command line.

use std::env;
use std::process;

use crate::Result;
use crate::contest::Contest;

const USAGE: &str = "\
usage: bench/run [section…] [option…]

sections (default: all but `policies` and `compile`; `all` is every one)
  http      HTTP/JSON servers
  grpc      gRPC servers, 64 streams and one
  rpc       JSON-RPC and tarpc servers
  routes    a server with 1, 100 and 1,000 endpoints
  clients   clients, one call at a time and 64 in flight
  policies  what each policy costs a call, beside others that do the same
  compile   compile time and size of a service of 50 methods (takes minutes)

options
  --rounds N         interleaved rounds, the median of which is printed (5)
  --seconds N        length of a measurement (2); of a policy a tenth of it
  --profile NAME     cargo profile: release (default), thin or fat
  --only NAME,…      only these peers, and hyper, which all are compared with
  --instructions     also count instructions per request, with callgrind";

pub(crate) struct Options {
    pub(crate) sections: Vec<Section>,
    pub(crate) rounds: u32,
    pub(crate) seconds: u32,
    pub(crate) profile: String,
    pub(crate) only: Option<Vec<String>>,
    pub(crate) instructions: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Http,
    Grpc,
    Rpc,
    Routes,
    Clients,
    Policies,
    Compile,
}

const MEASURED: [Section; 5] = [
    Section::Http,
    Section::Grpc,
    Section::Rpc,
    Section::Routes,
    Section::Clients,
];

impl Options {
    pub(crate) fn from_args() -> Result<Self> {
        let mut options = Self {
            sections: Vec::new(),
            rounds: 5,
            seconds: 2,
            profile: "release".to_owned(),
            only: None,
            instructions: false,
        };
        let mut args = env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
            match arg.as_str() {
                "-h" | "--help" => {
                    println!("{USAGE}");
                    process::exit(0);
                }
                "--rounds" => options.rounds = count(&arg, &value()?)?,
                "--seconds" => options.seconds = count(&arg, &value()?)?,
                "--profile" => options.profile = profile(value()?)?,
                "--only" => options.only = Some(value()?.split(',').map(str::to_owned).collect()),
                "--instructions" => options.instructions = true,
                "all" => options.sections.extend(
                    MEASURED
                        .into_iter()
                        .chain([Section::Policies, Section::Compile]),
                ),
                name => options.sections.push(Section::parse(name)?),
            }
        }
        if options.sections.is_empty() {
            options.sections.extend(MEASURED);
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, peer: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|name| name == peer))
    }

    /// Leaves out what `--only` doesn't name, but never what others are
    /// compared with.
    pub(crate) fn narrow(&self, mut contest: Contest) -> Contest {
        contest
            .rows
            .retain(|row| row.base.is_some() || self.wants(row.measured_peer()));
        contest
    }

    /// Whether anything is to be measured under load.
    pub(crate) fn loads(&self) -> bool {
        self.sections
            .iter()
            .any(|section| MEASURED.contains(section))
    }

    /// Whether anything is to run on a core of its own.
    pub(crate) fn pins(&self) -> bool {
        self.sections
            .iter()
            .any(|section| *section != Section::Compile)
    }
}

impl Section {
    fn parse(name: &str) -> Result<Self> {
        Ok(match name {
            "http" => Self::Http,
            "grpc" => Self::Grpc,
            "rpc" => Self::Rpc,
            "routes" => Self::Routes,
            "clients" => Self::Clients,
            "policies" => Self::Policies,
            "compile" => Self::Compile,
            _ => return Err(format!("unknown section or option `{name}`\n\n{USAGE}").into()),
        })
    }
}

fn profile(name: String) -> Result<String> {
    match name.as_str() {
        "release" | "thin" | "fat" => Ok(name),
        _ => Err(format!("`--profile` takes release, thin or fat, got `{name}`").into()),
    }
}

fn count(option: &str, value: &str) -> Result<u32> {
    match value.parse() {
        Ok(count @ 1..=60) => Ok(count),
        _ => Err(format!("`{option}` takes a number from 1 to 60, got `{value}`").into()),
    }
}
