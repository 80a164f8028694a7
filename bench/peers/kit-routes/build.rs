//! Writes the services that no person would: one of 1 endpoint, one of 99, and
//! nine of 100 each. Routes stand in attributes, which no `macro_rules!` can
//! count in.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;
use std::{env, fs};

fn main() {
    let services = [0..1, 1..100]
        .into_iter()
        .chain((1..10).map(|hundred| 100 * hundred..100 * (hundred + 1)));
    let mut source = String::new();
    let mut mounts = String::new();
    for items in services {
        write!(mounts, ".mount(Items{}Server::new(Basic))", items.start)
            .expect("a string takes all");
        if [1, 100, 1_000].contains(&items.end) {
            let count = items.end;
            writeln!(
                source,
                "fn mount_{count}(server: kit::Server) -> kit::Server {{ server{mounts} }}"
            )
            .expect("a string takes all");
        }
        source += &service(items);
    }
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("services.rs"), source).expect("OUT_DIR takes files");
    println!("cargo::rerun-if-changed=build.rs");
}

fn service(items: Range<usize>) -> String {
    let name = format!("Items{}", items.start);
    let declared: String = items
        .clone()
        .map(|i| {
            format!(
                "#[endpoint(post = \"/v1/item{i}/sum\")]
                async fn sum_{i}(&self, a: i64, b: i64) -> Result<SumReply, Status>;\n"
            )
        })
        .collect();
    let implemented: String = items
        .map(|i| {
            format!(
                "async fn sum_{i}(&self, a: i64, b: i64) -> Result<SumReply, Status> {{
                    Ok(sum(SumRequest {{ a, b }}))
                }}\n"
            )
        })
        .collect();
    format!(
        "#[kit::service]
        #[transport(http)]
        pub trait {name} {{ {declared} }}

        #[kit::service]
        impl {name} for Basic {{ {implemented} }}\n"
    )
}
