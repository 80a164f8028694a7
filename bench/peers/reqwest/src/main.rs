//! reqwest, the HTTP client most Rust services call others with.

use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest, role};
use reqwest::Client;

fn main() {
    let role = role();
    let Role::Client(client) = role else {
        role.unknown()
    };
    if client.what != "http" {
        Role::Client(client).unknown();
    }
    client.load.run(async |addr| {
        let (client, url) = (Client::new(), format!("http://{addr}/sum"));
        let concat = client.post(format!("http://{addr}/concat"));
        let concat = concat.json(&ConcatRequest {
            a: "x".into(),
            b: "y".into(),
        });
        let reply = concat.send().await.expect("the server answers");
        assert_eq!(
            reply
                .json::<ConcatReply>()
                .await
                .expect("the reply is JSON")
                .v,
            "xy"
        );
        move |a, b| {
            let request = client.post(&url).json(&SumRequest { a, b });
            async {
                let reply = request.send().await.expect("the server answers");
                reply.json::<SumReply>().await.expect("the reply is JSON").v
            }
        }
    });
}
