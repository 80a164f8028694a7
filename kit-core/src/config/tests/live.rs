//! Changes of values and services while the program runs.

use super::*;

#[test]
fn setting_an_invalid_value_changes_nothing() {
    let config = Config::new();
    let (server, client) = (
        configure(&config, Side::Server),
        configure(&config, Side::Client),
    );
    config.set("pb.Add.timeout", "1s").expect("a timeout");
    assert_eq!(server.timeouts(), [Some(MS(1_000)); 3]);
    assert_eq!(client.timeouts(), [Some(MS(1_000)); 3]);
    for (key, value) in [
        ("pb.Add.timeout", "soon"),
        ("pb.Add.summ.timeout", "2s"),
        ("pb.Add.sum", "2s"),
        ("pb.Add", "2s"),
        ("pb.Ad.sum.timeout", "2s"),
    ] {
        let error = config.set(key, value).expect_err(key);
        assert!(
            error.to_string().starts_with(&format!("set {key}: ")),
            "{error}"
        );
    }
    assert_eq!(server.timeouts(), [Some(MS(1_000)); 3]);
    assert_eq!(config.unset("pb.Add.timeout"), Ok(true));
    assert_eq!(config.unset("pb.Add.timeout"), Ok(false));
    assert_eq!(server.timeouts(), [Some(MS(2_000)), None, None]);
}

#[test]
fn a_value_rejected_by_one_service_is_rolled_back_in_all() {
    let config = Config::new();
    let (server, client) = (
        configure(&config, Side::Server),
        configure(&config, Side::Client),
    );
    *client.rejects.lock().expect("the lock") = Some(MS(7));
    let error = config
        .set("pb.Add.concat.timeout", "7ms")
        .expect_err("refused");
    assert_eq!(error.to_string(), "`pb.Add.concat.timeout`: rejected");
    assert_eq!(server.timeouts(), [Some(MS(2_000)), None, None]);
    assert_eq!(client.timeouts(), [Some(MS(2_000)), None, None]);
}

#[test]
fn unchanged_values_are_not_applied_again() {
    let config = parse("[\"pb.Add\".concat]\ntimeout = \"1s\"\n");
    let target = configure(&config, Side::Server);
    assert_eq!(*target.applied.lock().expect("the lock"), 1);
    config.set("pb.Add.concat.timeout", "1s").expect("the same");
    assert_eq!(*target.applied.lock().expect("the lock"), 1);
}

#[test]
fn dropped_services_are_removed() {
    let config = Config::new();
    let target = configure(&config, Side::Server);
    assert_ne!(config.knobs(), Knobs::default());
    drop(target);
    assert_eq!(config.knobs(), Knobs::default());
    config
        .set("pb.Add.timeout", "1s")
        .expect("it is stored for later services");
    assert_eq!(
        configure(&config, Side::Server).timeouts(),
        [Some(MS(1_000)); 3]
    );
}

#[test]
fn sections_of_unknown_services_are_errors_after_complete() {
    let text = "[\"pb.Ad\".sum]\ntimeout = \"1s\"\n";
    let variables = [("KIT__PB_AD__TIMEOUT", "1s")];
    let config = parse(text).with_variables(variables).expect("variables");
    configure(&config, Side::Server);
    let error = config.complete().expect_err("the service is unknown");
    assert_eq!(
        error.to_string(),
        "kit.toml:1:2: no service `pb.Ad` is configured; did you mean `pb.Add`? \
         expected `pb.Add`\n\
         KIT__PB_AD__TIMEOUT: no service `PB_AD` is configured; did you mean `PB_ADD`? \
         expected `PB_ADD`"
    );
    let config = parse("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    configure(&config, Side::Server);
    assert_eq!(config.complete(), Ok(()));
}
