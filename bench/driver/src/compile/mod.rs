//! What a service of 50 methods costs to build: crates, CPU seconds of the
//! crate alone, CPU seconds after one line was touched, size of the program.
//!
//! CPU seconds are those of cargo and all it starts (compiler, build script,
//! linker), so that a busy machine or a second core changes little. The
//! dependencies are built before and don't count.

mod service;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::machine::{cargo, root, target};
use crate::options::Options;
use crate::peer::children_cpu;
use crate::table::{markdown, median};
use service::Service;

struct Costs {
    crates: usize,
    alone: Vec<f64>,
    incremental: Vec<f64>,
    megabytes: f64,
}

pub(crate) fn table(options: &Options) -> Result<String> {
    let services: Vec<_> = service::all()
        .into_iter()
        .filter(|service| options.wants(service.peer))
        .collect();
    let mut costs: Vec<_> = services.iter().map(prepare).collect();
    for round in 1..=options.rounds {
        eprintln!("compile time: round {round} of {}", options.rounds);
        for (service, costs) in services.iter().zip(&mut costs) {
            let Ok(known) = costs else { continue };
            if let Err(error) = measure(service, round, known) {
                *costs = Err(error);
            }
        }
    }
    Ok(render(&services, &costs))
}

/// What a policy on each of 50 methods adds to the crate alone.
pub(crate) fn policies(options: &Options) -> Result<String> {
    let mut services = Vec::new();
    for service in service::with_policies() {
        prepare_debug(&service)?;
        services.push((service, Vec::new()));
    }
    for round in 1..=options.rounds {
        eprintln!(
            "compile time of policies: round {round} of {}",
            options.rounds
        );
        for (service, seconds) in &mut services {
            clean(service)?;
            seconds.push(cpu_seconds(cargo_in(service, &["build"]))?);
        }
    }
    let none = services.first().map(|(_, seconds)| median(seconds.clone()));
    let rows = services.into_iter().map(|(service, seconds)| {
        let seconds = median(seconds);
        let more = seconds - none.unwrap_or_default();
        let a_method = format!("{:.0}", more * 1e3 / service::METHODS as f64);
        vec![service.name.to_owned(), format!("{seconds:.2}"), a_method]
    });
    let head = ["policy", "the crate alone, CPU s", "more, CPU ms a method"];
    let table = markdown(head.map(str::to_owned).to_vec(), rows.collect());
    Ok(format!(
        "### Compile time with a policy on each of 50 methods, debug profile\n\n{table}\n"
    ))
}

/// Everything that is built once: the dependencies, and the release program.
fn prepare(service: &Service) -> Result<Costs> {
    prepare_debug(service)?;
    succeed(cargo_in(service, &["build", "--release"]))?;
    let program = target()
        .join("compile/target/release")
        .join(service.package());
    let megabytes = fs::metadata(program)?.len() as f64 / 1e6;
    Ok(Costs {
        crates: crates(service)?,
        alone: Vec::new(),
        incremental: Vec::new(),
        megabytes,
    })
}

/// Writes the program, and builds what it depends on.
fn prepare_debug(service: &Service) -> Result<()> {
    eprintln!("compile time: preparing {}", service.name);
    let dir = dir(service);
    fs::create_dir_all(dir.join("src"))?;
    fs::write(dir.join("Cargo.toml"), service.manifest())?;
    // The very versions that were measured under load.
    fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock"))?;
    if let Some(script) = &service.build_script {
        fs::write(dir.join("build.rs"), script)?;
    }
    fs::write(dir.join("src/main.rs"), service.source(0))?;

    succeed(cargo_in(service, &["build"]))
}

fn clean(service: &Service) -> Result<()> {
    succeed(cargo_in(
        service,
        &["clean", "--package", &service.package()],
    ))
}

fn measure(service: &Service, round: u32, costs: &mut Costs) -> Result<()> {
    clean(service)?;
    costs
        .alone
        .push(cpu_seconds(cargo_in(service, &["build"]))?);
    fs::write(dir(service).join("src/main.rs"), service.source(round))?;
    costs
        .incremental
        .push(cpu_seconds(cargo_in(service, &["build"]))?);
    Ok(())
}

fn render(services: &[Service], costs: &[Result<Costs>]) -> String {
    let head = [
        "service",
        "crates",
        "the crate alone, CPU s",
        "incremental, CPU s",
        "release MB, stripped",
    ];
    let mut failures = String::new();
    let rows = services.iter().zip(costs).map(|(service, costs)| {
        let figures = match costs {
            Ok(costs) => [
                costs.crates.to_string(),
                format!("{:.2}", median(costs.alone.clone())),
                format!("{:.2}", median(costs.incremental.clone())),
                format!("{:.2}", costs.megabytes),
            ],
            Err(error) => {
                failures += &format!("\n- {}: {error}", service.name);
                ["—"; 4].map(str::to_owned)
            }
        };
        [service.name.to_owned()]
            .into_iter()
            .chain(figures)
            .collect()
    });
    let table = markdown(head.map(str::to_owned).to_vec(), rows.collect());
    format!("### Compile time and size, 50 methods, debug profile\n\n{table}{failures}\n")
}

/// The crates compiled, build scripts' and macros' own included, the service
/// itself not.
fn crates(service: &Service) -> Result<usize> {
    let args = [
        "tree",
        "--prefix",
        "none",
        "--no-dedupe",
        "--edges",
        "normal,build",
    ];
    let output = cargo_in(service, &args).output()?;
    let tree = String::from_utf8(output.stdout)?;
    let crates: BTreeSet<Vec<&str>> = tree
        .lines()
        .map(|line| line.split(' ').take(2).collect())
        .collect();
    Ok(crates.len() - 1)
}

fn cpu_seconds(command: Command) -> Result<f64> {
    let before = children_cpu()?;
    succeed(command)?;
    Ok((children_cpu()? - before).as_secs_f64())
}

fn succeed(mut command: Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = errors.lines().find(|line| line.starts_with("error"));
    Err(format!("doesn't build: {}", first.unwrap_or("cargo failed")).into())
}

fn cargo_in(service: &Service, args: &[&str]) -> Command {
    let mut cargo = cargo();
    // One target directory, so that what services share is built once.
    cargo
        .current_dir(dir(service))
        .args(args)
        .env("CARGO_TARGET_DIR", target().join("compile/target"))
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    cargo
}

fn dir(service: &Service) -> PathBuf {
    target().join("compile").join(service.peer)
}
