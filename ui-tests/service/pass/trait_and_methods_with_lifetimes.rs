struct Basic<'a>(&'a str);

#[kit::service]
#[transport(http, grpc)]
pub trait Names<'a>
where
    Self: 'a,
{
    async fn first<'b>(&self, cx: &'b kit::Context) -> Result<String, kit::Status>;
    async fn long(&self, name: String) -> Result<String, kit::Status>;
}

impl<'a> Names<'a> for Basic<'a> {
    async fn first<'b>(&self, _: &'b kit::Context) -> Result<String, kit::Status> {
        Ok(self.0.to_owned())
    }
    async fn long(&self, name: String) -> Result<String, kit::Status> {
        Ok(name + self.0)
    }
}

pub fn main() {
    let client = NamesClient::local(Basic("Ann"));
    assert_eq!(ui_tests::now(client.first(&kit::Context::new())).unwrap(), "Ann");
    let _ = kit::Server::new().mount(NamesServer::new(Basic("Ann")));
}
