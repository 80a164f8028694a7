use ui_tests::contract::{DynGreeter, GreetError, Greeter, GreeterClient, GreeterServer, greeter};

struct Polite;

#[kit::service]
#[timeout("1s")]
impl Greeter for Polite {
    #[middleware(kit::Identity)]
    async fn hello(&self, name: String) -> Result<String, GreetError> {
        if name.is_empty() {
            return Err(GreetError::Nameless);
        }
        Ok(format!("hello, {name}"))
    }

    async fn goodbye(&self, _: &kit::Context, name: String) -> Result<String, GreetError> {
        Ok(format!("goodbye, {name}"))
    }
}

pub fn main() {
    let client = GreeterClient::local(Polite);
    assert_eq!(ui_tests::now(client.hello("Ann".to_owned())).unwrap(), "hello, Ann");
    let nameless = ui_tests::now(client.hello(String::new()));
    assert!(matches!(nameless, Err(GreetError::Nameless)));
    assert_eq!(greeter::DESCRIPTOR.methods[0].meta.http.unwrap().path, "/v1/hello/{name}");
    assert_eq!(greeter::DESCRIPTOR.methods[1].meta.http.unwrap().path, "/v1/goodbye");
    let _ = kit::Server::new().mount(GreeterServer::new(DynGreeter::new(Polite)));
}
