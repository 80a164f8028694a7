//! Files that are invalid, missing, too large, or reloaded.

use std::path::PathBuf;

use super::*;

fn write_file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

#[test]
fn an_invalid_file_changes_nothing_and_its_error_stays_until_it_is_fixed() {
    let (_folder, path) = write_file("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    let config = Config::load(&path).expect("a file");
    let target = configure(&config, Side::Server);
    config.complete().expect("all services");
    assert_eq!(config.reload(), Ok(false));
    for (bad, place) in [
        (
            "[\"pb.Add\"]\ntimeout = \"3s\"\nrate_limit = \"fast\"\n",
            ":3:14: ",
        ),
        ("[\"pb.Add\"]\ntimeout = \"3s\"\n[\"pb.Sub\"]\n", ":3:2: "),
        ("[\"pb.Add\"\ntimeout = \"3s\"\n", ":1:10: "),
    ] {
        std::fs::write(&path, bad).expect("a file");
        let error = config.reload().expect_err(bad);
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(
            config.reload().as_ref(),
            Err(&error),
            "the error stays until the file changes"
        );
        assert_eq!(config.last_error(), Some(error));
        assert_eq!(target.timeouts(), [Some(MS(1_000)); 3]);
    }
    std::fs::remove_file(&path).expect("a file");
    assert!(config.reload().is_err());
    assert_eq!(target.timeouts(), [Some(MS(1_000)); 3]);
    std::fs::write(&path, "[\"pb.Add\"]\ntimeout = \"2s\"\n").expect("a file");
    assert_eq!(config.reload(), Ok(true));
    assert_eq!(config.last_error(), None);
    assert_eq!(target.timeouts(), [Some(MS(2_000)); 3]);
}

#[test]
fn a_missing_file_is_an_error() {
    let error = Config::load("/nowhere/kit.toml").expect_err("no file");
    let text = error.to_string();
    assert!(
        text.starts_with("/nowhere/kit.toml can't be read: "),
        "{text}"
    );
}

#[test]
fn a_file_over_the_size_limit_is_an_error() {
    let (_folder, path) = write_file(&"#".repeat(1 << 20));
    assert!(Config::load(&path).is_ok());
    std::fs::write(&path, "#".repeat((1 << 20) + 1)).expect("a file");
    let error = Config::load(&path).expect_err("a large file");
    assert!(
        error.to_string().ends_with(" is larger than 1 MiB"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_watched_file_is_reloaded_until_the_configuration_is_dropped() {
    let (_folder, path) = write_file("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    let config = Config::load(&path).expect("a file");
    let target = configure(&config, Side::Server);
    config.watch(Duration::from_secs(1));
    // Replace the file by a rename, as editors and a ConfigMap do.
    let next = path.with_extension("next");
    std::fs::write(&next, "[\"pb.Add\"]\ntimeout = \"5s\"\n").expect("a file");
    std::fs::rename(&next, &path).expect("a file");
    while target.timeouts()[0] != Some(MS(5_000)) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let shared = Arc::downgrade(&config.0);
    drop(config);
    while shared.strong_count() > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
