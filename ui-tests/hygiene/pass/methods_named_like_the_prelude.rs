struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Words {
    async fn option(&self, ok: Option<String>) -> Result<Option<String>, kit::Status>;
    async fn result(&self, err: String) -> Result<String, kit::Status>;
    async fn string(&self, string: String) -> Result<Vec<String>, kit::Status>;
    async fn vec(&self, vec: Vec<String>) -> Result<String, kit::Status>;
    async fn some(&self, some: Option<i64>) -> Result<i64, kit::Status>;
    async fn send(&self, future: bool) -> Result<bool, kit::Status>;
    async fn context(&self, request: i64) -> Result<i64, kit::Status>;
}

impl Words for Basic {
    async fn option(&self, ok: Option<String>) -> Result<Option<String>, kit::Status> {
        Ok(ok)
    }
    async fn result(&self, err: String) -> Result<String, kit::Status> {
        Ok(err)
    }
    async fn string(&self, string: String) -> Result<Vec<String>, kit::Status> {
        Ok(vec![string])
    }
    async fn vec(&self, vec: Vec<String>) -> Result<String, kit::Status> {
        Ok(vec.concat())
    }
    async fn some(&self, some: Option<i64>) -> Result<i64, kit::Status> {
        Ok(some.unwrap_or(1))
    }
    async fn send(&self, future: bool) -> Result<bool, kit::Status> {
        Ok(future)
    }
    async fn context(&self, request: i64) -> Result<i64, kit::Status> {
        Ok(request)
    }
}

pub fn main() {
    let client = WordsClient::local(Basic);
    assert_eq!(ui_tests::now(client.option(Some("a".to_owned()))).unwrap().as_deref(), Some("a"));
    assert_eq!(ui_tests::now(client.vec(vec!["a".to_owned(), "b".to_owned()])).unwrap(), "ab");
    assert_eq!(ui_tests::now(client.some(None)).unwrap(), 1);
    let _ = kit::Server::new().mount(WordsServer::new(Basic));
}
