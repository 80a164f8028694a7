//! dropshot, which is typed down to its OpenAPI document.

use bench_common::{ConcatRequest, Role, SumRequest, role};
use dropshot::{
    ApiDescription, ConfigDropshot, ConfigLogging, ConfigLoggingLevel, HttpError, HttpResponseOk,
    RequestContext, ServerBuilder, TypedBody, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fn main() {
    let role = role();
    let Role::Server(server) = &role else {
        role.unknown()
    };
    if server.what != "http" {
        role.unknown();
    }
    let mut api = ApiDescription::new();
    api.register(sum).expect("the route is free");
    api.register(concat).expect("the route is free");
    let config = ConfigDropshot {
        bind_address: server.addr,
        ..ConfigDropshot::default()
    };
    let log = ConfigLogging::StderrTerminal {
        level: ConfigLoggingLevel::Critical,
    }
    .to_logger("bench");
    server.flavor.runtime().block_on(async {
        let server = ServerBuilder::new(api, (), log.expect("stderr takes a log"))
            .config(config)
            .start();
        server
            .expect("the address is free")
            .await
            .expect("the server runs");
    });
}

// Types of its own: dropshot asks for a JSON schema of each.

#[derive(Deserialize, JsonSchema)]
struct Two<T> {
    a: T,
    b: T,
}

#[derive(Serialize, JsonSchema)]
struct One<T> {
    v: T,
}

#[endpoint { method = POST, path = "/sum" }]
async fn sum(
    _: RequestContext<()>,
    body: TypedBody<Two<i64>>,
) -> Result<HttpResponseOk<One<i64>>, HttpError> {
    let Two { a, b } = body.into_inner();
    Ok(HttpResponseOk(One {
        v: bench_common::sum(SumRequest { a, b }).v,
    }))
}

#[endpoint { method = POST, path = "/concat" }]
async fn concat(
    _: RequestContext<()>,
    body: TypedBody<Two<String>>,
) -> Result<HttpResponseOk<One<String>>, HttpError> {
    let Two { a, b } = body.into_inner();
    Ok(HttpResponseOk(One {
        v: bench_common::concat(ConcatRequest { a, b }).v,
    }))
}
