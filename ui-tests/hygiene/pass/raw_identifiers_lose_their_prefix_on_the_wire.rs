struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Files {
    #[endpoint(get = "/files/{type}")]
    async fn r#move(&self, r#type: String, r#in: String) -> Result<String, kit::Status>;
}

#[kit::service]
impl Files for Basic {
    #[timeout("1s")]
    async fn r#move(&self, r#type: String, r#in: String) -> Result<String, kit::Status> {
        Ok(r#type + &r#in)
    }
}

pub fn main() {
    let moved = ui_tests::now(FilesClient::local(Basic).r#move("a".to_owned(), "b".to_owned()));
    assert_eq!(moved.unwrap(), "ab");
    let meta = files::DESCRIPTOR.methods[0].meta;
    assert_eq!(meta.name, "move");
    assert_eq!(meta.grpc_path, "/Files/Move");
    let names: Vec<_> = meta.arguments.iter().map(|argument| argument.name).collect();
    assert_eq!(names, ["type", "in"]);
    let _ = kit::Server::new().mount(FilesServer::new(Basic));
}
