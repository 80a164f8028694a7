struct Basic;

#[kit::service(name = "shop.Catalog")]
#[transport(http(prefix = "/v1"), grpc)]
pub trait Catalog {
    #[endpoint(get = "/items/{id}")]
    async fn item(&self, id: u64) -> Result<String, kit::Status>;

    #[endpoint(get = "/items/{sku}")]
    async fn by_sku(&self, id: String) -> Result<String, kit::Status>;

    #[endpoint(post = "/items", status = 302)]
    #[timeout("2 fortnights")]
    async fn add(&self, #[tag(0)] name: String) -> Result<u64, kit::Status>;

    #[endpoint(delete = "/items/{id}")]
    #[retry(attempts = 3)]
    async fn remove(&self, id: u64, #[body] why: String) -> Result<(), kit::Status>;
}

impl Catalog for Basic {
    async fn item(&self, id: u64) -> Result<String, kit::Status> {
        Ok(id.to_string())
    }
    async fn by_sku(&self, id: String) -> Result<String, kit::Status> {
        Ok(id)
    }
    async fn add(&self, name: String) -> Result<u64, kit::Status> {
        Ok(name.len() as u64)
    }
    async fn remove(&self, _: u64, _: String) -> Result<(), kit::Status> {
        Ok(())
    }
}

async fn call() -> Result<String, kit::Status> {
    CatalogClient::connect("grpc://127.0.0.1:8080").await?.item(1).await
}

fn main() {
    let _ = kit::Server::new().mount(CatalogServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = CatalogServer::new(Basic);
    let () = CatalogClient::local(Basic).item(1);
    let () = catalog::Item;
}
