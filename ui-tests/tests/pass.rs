//! Compiles and runs every right case.
//!
//! One program for all: linking each case by itself would take minutes. It is
//! no test harness, as `missing_docs` is silent in one. A case is a module
//! here and a file on its own, so it can be pasted into a `main.rs`.

// Cases deny for themselves what they are about.
#![allow(
    dead_code,
    missing_docs,
    non_camel_case_types,
    unreachable_pub,
    unused_imports
)]

use std::path::Path;

macro_rules! cases {
    ($($directory:literal $attribute:ident { $($case:ident)* })*) => {
        $(
            #[path = $directory]
            pub mod $attribute {
                $(pub mod $case;)*
            }
        )*

        const CASES: &[(&str, fn())] = &[
            $($((
                concat!(stringify!($attribute), "/pass/", stringify!($case), ".rs"),
                $attribute::$case::main,
            ),)*)*
        ];
    };
}

cases! {
    "../breaker/pass" breaker {
        every_form
    }
    "../cache/pass" cache {
        an_answer_comes_from_memory
    }
    "../concurrency/pass" concurrency {
        every_form
    }
    "../config/pass" config {
        every_form
    }
    "../dynamic/pass" dynamic {
        a_service_is_chosen_at_run_time
    }
    "../endpoint/pass" endpoint {
        every_verb_and_key
        routes_that_differ_do_not_collide
    }
    "../fallback/pass" fallback {
        a_failure_is_answered_by_a_function
    }
    "../hygiene/pass" hygiene {
        a_trait_may_come_from_a_macro
        all_that_is_generated_is_documented_and_free_of_warnings
        an_attribute_may_be_written_by_its_path
        kit_may_be_re_exported
        kit_may_have_another_name
        methods_may_be_named_like_the_prelude
        no_prelude_is_needed
        other_attributes_are_carried_over
        parameters_may_be_named_like_generated_locals
        raw_identifiers_lose_their_prefix_on_the_wire
        the_names_of_the_prelude_may_be_shadowed
        types_may_be_named_like_markers_and_requests
        types_of_primitive_names_may_be_shadowed
    }
    "../message/pass" message {
        every_type
        generics
        no_prelude
        raw_names_and_macros
        renamed_crate
    }
    "../middleware/pass" middleware {
        a_middleware_stands_before_a_trait_a_method_or_an_impl
        an_impl_in_another_module_has_a_middleware
    }
    "../mock/pass" mock {
        a_mock_answers_what_it_is_told
    }
    "../parameter/pass" parameter {
        every_source
        many_types
        sixteen_arguments
    }
    "../register/pass" register {
        an_impl_is_registered
    }
    "../service/pass" service {
        a_contract_may_stand_in_a_crate_of_its_own
        a_future_may_be_spawned
        a_plain_impl_needs_no_attribute
        a_table_of_a_configuration_may_end_a_name
        a_trait_and_its_methods_may_have_lifetimes
        a_trait_is_a_contract_with_its_names
        a_trait_may_be_empty
        a_trait_may_have_a_const_parameter
        a_trait_may_have_any_visibility
        a_trait_may_have_type_parameters
        a_trait_may_have_where_clauses_and_supertraits
        a_trait_may_stand_in_a_function
        calls_may_recurse_through_a_client
        cfg_removes_a_method_everywhere
        cfg_removes_a_parameter_everywhere
        code_may_be_generic_over_the_trait
        docs_are_carried_over
    }
    "../service_error/pass" service_error {
        every_form
        generic_and_marked
        no_prelude
        renamed_crate
    }
    "../streaming/pass" streaming {
        every_kind
    }
    "../rate_limit/pass" rate_limit {
        every_form
    }
    "../retry/pass" retry {
        a_call_is_tried_again
        every_form
    }
    "../standalone/pass" standalone {
        a_guarded_function_may_have_any_signature
        a_policy_guards_a_plain_function
    }
    "../timeout/pass" timeout {
        every_form
    }
    "../transport/pass" transport {
        a_method_narrows_the_transports
        grpc_alone_asks_for_messages_alone
        http_alone_asks_for_serde_alone
    }
}

fn main() {
    every_file_is_a_case();
    let failed = CASES.iter().filter(|(name, case)| {
        eprintln!("case {name}");
        std::panic::catch_unwind(case).is_err()
    });
    let failed = failed.count();
    assert_eq!(failed, 0, "of {} cases, {failed} failed", CASES.len());
}

/// A file that is not in the list above would prove nothing.
fn every_file_is_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = |path: &Path| std::fs::read_dir(path).into_iter().flatten();
    for attribute in list(root).map(|entry| entry.expect("a readable entry").path()) {
        for case in list(&attribute.join("pass")) {
            let case = case.expect("a readable entry").path();
            if case
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                continue;
            }
            let name = case.strip_prefix(root).expect("a path below the root");
            let name = name.to_str().expect("a name in UTF-8");
            assert!(
                CASES.iter().any(|(listed, _)| *listed == name),
                "add `{name}` to the list in tests/pass.rs",
            );
        }
    }
}
