//! Rules about policies: their settings, sides and methods.

use kit_grammar::{Side, Sides, Value, did_you_mean, duration};

use crate::diagnostic::Errors;
use crate::model::{Method, Service};
use crate::parse::{Attributes, Policy, TimeoutValue};

/// Checks the policies of a trait, which are defaults for its methods.
pub(crate) fn check_contract(service: &Service, errors: &mut Errors) {
    check_written(&service.policies, errors);
    for policy in &service.policies {
        check_side(policy, errors);
        check_attempts(policy, None, service.client_timeout.as_ref(), errors);
    }
}

/// Checks the policies of a method.
pub(crate) fn check_method(method: &Method, errors: &mut Errors) {
    check_written(&method.policies.own, errors);
    for policy in &method.policies.own {
        check_side(policy, errors);
        check_repeatable(policy, method, errors);
    }
    check_attempt_timeout(method, errors);
    check_counted_argument(method, errors);
}

/// Checks the settings of policies of any item.
pub(crate) fn check_written(policies: &[Policy], errors: &mut Errors) {
    for policy in policies {
        check_keys(policy, errors);
    }
    check_alternatives(policies, errors);
}

/// Rules about several keys of a policy are defined by the grammar.
fn check_keys(policy: &Policy, errors: &mut Errors) {
    if !policy.complete {
        return;
    }
    let settings: Vec<_> = policy
        .settings
        .iter()
        .map(|setting| setting.known())
        .collect();
    for violation in kit_grammar::check(policy.known, &settings) {
        let setting = violation.key.and_then(|key| policy.setting(key));
        let problem = violation.problem;
        // The grammar writes `policy(..)`, an attribute is `#[policy(..)]`.
        let name = policy.known.name;
        match setting {
            Some(setting) => {
                let call = format!("`{name}(adaptive, ..)`");
                let help = problem
                    .help
                    .replace(&call, &format!("`#[{name}(adaptive, ..)]`"));
                errors.on(&setting.token, problem.rule, help);
            }
            None => {
                let rule = problem
                    .rule
                    .replace(&format!("`{name}`"), &format!("`#[{name}]`"));
                let help = problem
                    .help
                    .replace(&format!("`{name}("), &format!("`#[{name}("));
                errors.on(&policy.name, rule, help.replace(")`", ")]`"));
            }
        }
    }
    check_peer(policy, errors);
}

/// A client has no callers with an address.
fn check_peer(policy: &Policy, errors: &mut Errors) {
    let Some(Value::CountedBy(kit_grammar::CountedBy::Peer)) = policy.value("key") else {
        return;
    };
    if policy.side.client()
        && let Some(at) = &policy.at
    {
        errors.on(
            at,
            "`key = peer` identifies the callers of a server, but a client has none",
            format_args!("remove `at = {at}`, or choose another `key`"),
        );
    }
}

/// A breaker and a throttle both decide whether a peer is called.
fn check_alternatives(policies: &[Policy], errors: &mut Errors) {
    let find = |name| policies.iter().find(|policy| policy.known.name == name);
    let (Some(breaker), Some(throttle)) = (find("breaker"), find("throttle")) else {
        return;
    };
    let share_a_side = (breaker.side.client() && throttle.side.client())
        || (breaker.side.server() && throttle.side.server());
    if share_a_side {
        errors.on(
            &throttle.name,
            "`#[throttle]` and `#[breaker]` are alternatives, so only one can be used",
            "keep one of them: a throttle reduces calls to a failing peer, a breaker stops them",
        );
    }
}

/// Some policies support only one side.
fn check_side(policy: &Policy, errors: &mut Errors) {
    let Some(at) = &policy.at else {
        return;
    };
    if policy.known.sides.allow(policy.side) {
        return;
    }
    let only = match policy.known.sides {
        Sides::Server => "server",
        _ => "client",
    };
    errors.on(
        at,
        format_args!("`#[{}]` applies only to the {only}", policy.name),
        format_args!("remove `at = {at}`"),
    );
}

/// Repeating a call, or reusing a response, has to be safe and possible.
fn check_repeatable(policy: &Policy, method: &Method, errors: &mut Errors) {
    let (name, own) = (&method.name, &policy.name);
    let replays = policy.known.idempotent || policy.known.name == "fallback";
    if replays && (method.streams_in() || (policy.known.idempotent && method.streams_out())) {
        errors.on(
            own,
            format_args!("method `{name}` streams, but `#[{own}]` needs a request or response that it can store"),
            format_args!("remove `#[{own}]`"),
        );
    } else if policy.known.idempotent && !method.idempotent {
        let does = match policy.known.name {
            "cache" => "reuses the response of another call",
            _ => "may repeat a call",
        };
        errors.on(
            own,
            format_args!("`#[{own}]` {does}, but method `{name}` is not idempotent"),
            "if this is safe, mark the method `#[endpoint(.., idempotent)]`, or use a route with `get`, `put` or `delete`",
        );
    }
}

/// An attempt must be shorter than the call, so that there is time for another.
fn check_attempt_timeout(method: &Method, errors: &mut Errors) {
    let Some(retry) = method.policies.of_client("retry") else {
        return;
    };
    let own = method
        .policies
        .own
        .iter()
        .any(|own| own.known.name == "retry");
    if own || method.own_timeout {
        let timeout = method.timeouts.client.as_ref();
        check_attempts(retry, Some(method), timeout, errors);
    }
}

fn check_attempts(
    retry: &Policy,
    method: Option<&Method>,
    timeout: Option<&TimeoutValue>,
    errors: &mut Errors,
) {
    let (Some(Value::Duration(attempt)), Some(TimeoutValue::Literal(timeout))) =
        (retry.value("attempt_timeout"), timeout)
    else {
        return;
    };
    if attempt < timeout {
        return;
    }
    let Some(setting) = retry.setting("attempt_timeout") else {
        return;
    };
    let of = method.map_or_else(
        || "the trait".to_owned(),
        |method| format!("method `{}`", method.name),
    );
    errors.on(
        &setting.value,
        format_args!(
            "an attempt of {} leaves no time for another: the client's timeout of {of} is {}",
            duration::format(*attempt),
            duration::format(*timeout),
        ),
        "write a shorter `attempt_timeout`, or a longer `#[timeout]`",
    );
}

/// The argument that identifies callers must exist.
fn check_counted_argument(method: &Method, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for side in [Side::Server, Side::Client] {
        for policy in method.policies.of(side) {
            let Some((name, token)) = policy.counted_argument() else {
                continue;
            };
            if method
                .arguments
                .iter()
                .any(|argument| argument.name == name)
                || seen.iter().any(|seen| seen == name)
            {
                continue;
            }
            seen.push(name.to_owned());
            let known: Vec<_> = method
                .arguments
                .iter()
                .map(|argument| &*argument.name)
                .collect();
            let help = match known.is_empty() {
                true => "choose another `key`: the method has no arguments".to_owned(),
                false => did_you_mean(name, &known),
            };
            errors.on(
                token,
                format_args!("method `{}` has no argument `{name}`", method.name),
                help,
            );
        }
    }
}

/// Checks the policies of an impl, which is a server.
pub(crate) fn check_implementation(attributes: &Attributes, errors: &mut Errors) {
    check_written(&attributes.policies, errors);
    for policy in &attributes.policies {
        check_server(policy, errors);
        if let Some((_, token)) = policy.counted_argument() {
            errors.on(
                token,
                "a policy of an impl can't use the arguments of a method",
                format_args!(
                    "move `#[{}]` to the trait, or choose another `key`",
                    policy.name
                ),
            );
        }
    }
}

fn check_server(policy: &Policy, errors: &mut Errors) {
    let name = &policy.name;
    match (&policy.at, policy.known.sides) {
        (_, Sides::Client) => errors.on(
            name,
            format_args!("`#[{name}]` applies only to the client, but an impl is a server"),
            format_args!("move `#[{name}]` to the trait"),
        ),
        (Some(at), _) if policy.side != Side::Server => errors.on(
            at,
            format_args!("an impl is a server, so `at = {at}` does not apply to it"),
            "remove it, or move the policy to the trait",
        ),
        (None, _) if policy.side != Side::Server => errors.on(
            name,
            format_args!("`#[{name}]` applies to the client by default, but an impl is a server"),
            format_args!("move `#[{name}]` to the trait, or add `at = server`"),
        ),
        _ => {}
    }
}
