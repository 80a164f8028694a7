//! Shows the effect of policies on calls to a faulty upstream: see
//! [`examples::resilience`].
//!
//! ```sh
//! cargo run --release -p examples --bin resilience
//! cargo run --release -p examples --bin resilience -- --none --retry
//! ```

use std::io::{IsTerminal as _, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use examples::command_line;
use examples::resilience::options::{Options, usage};
use examples::resilience::record::Recorder;
use examples::resilience::run::run;
use examples::resilience::watch::Watch;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    command_line::run("resilience", &usage(), Options::parse, start).await
}

async fn start(mut options: Options) -> anyhow::Result<()> {
    options.plain |= !stdout().is_terminal() || is_dumb();
    let recorder = Arc::new(Recorder::new(options.policies.has_breaker()));
    tracing_subscriber::registry()
        .with(Watch(Arc::clone(&recorder)))
        .init();
    // An interrupted run ends with the summary so far.
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    run(&options, recorder, interrupted, &mut stdout()).await
}

/// Whether standard output can't be redrawn.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb")
}
