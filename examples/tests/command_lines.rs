//! The command lines of all programs, run as processes.

use std::process::{Command, Output};

/// Every program of the crate, by name.
const PROGRAMS: [(&str, &str); 6] = [
    ("addcli", env!("CARGO_BIN_EXE_addcli")),
    ("addsvc", env!("CARGO_BIN_EXE_addsvc")),
    ("embedded_axum", env!("CARGO_BIN_EXE_embedded_axum")),
    ("embedded_tonic", env!("CARGO_BIN_EXE_embedded_tonic")),
    ("resilience", env!("CARGO_BIN_EXE_resilience")),
    ("stringsvc", env!("CARGO_BIN_EXE_stringsvc")),
];

/// Returns the exit code, standard output and standard error.
fn run(program: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(program).args(arguments).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn every_binary_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin");
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .map(|path| path.file_stem().expect("a name").display().to_string())
        .collect();
    names.sort();
    assert_eq!(names, PROGRAMS.map(|(name, _)| name));
}

#[test]
fn help_prints_to_stdout_and_exits_0() {
    for (name, program) in PROGRAMS {
        for option in ["--help", "-h"] {
            let (code, stdout, stderr) = run(program, &[option]);
            assert_eq!((code, stderr.as_str()), (Some(0), ""), "{name} {option}");
            let usage = format!("usage: {name}");
            assert!(stdout.starts_with(&usage), "{name} {option}: {stdout}");
        }
    }
}

#[test]
fn an_unknown_option_prints_to_stderr_and_exits_2() {
    for (name, program) in PROGRAMS {
        for option in ["--bogus", "-z"] {
            let (code, stdout, stderr) = run(program, &[option]);
            assert_eq!((code, stdout.as_str()), (Some(2), ""), "{name} {option}");
            let reported = stderr.starts_with(&format!("{name}: ")) && stderr.contains(option);
            assert!(reported, "{name} {option}: {stderr}");
            assert!(stderr.contains(&format!("\nusage: {name}")), "{stderr}");
        }
    }
}

#[test]
fn an_unknown_call_exits_2_and_a_failed_one_exits_1() {
    let addcli = env!("CARGO_BIN_EXE_addcli");
    for mistake in [
        &["sum", "1"][..],
        &["sum", "1", "x"],
        &["subtract", "1", "2"],
    ] {
        assert_eq!(run(addcli, mistake).0, Some(2), "{mistake:?}");
    }
    // No server can listen on port 0.
    let (code, stdout, _) = run(addcli, &["--to", "http://127.0.0.1:0", "sum", "1", "2"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
}
