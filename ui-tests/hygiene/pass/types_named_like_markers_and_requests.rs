#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Item {
    id: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct SumRequest {
    a: i64,
    b: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Sum {
    v: i64,
}

struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Shop {
    async fn item(&self, id: u64) -> Result<Item, kit::Status>;
    async fn sum(&self, #[body] req: SumRequest) -> Result<Sum, kit::Status>;
    async fn items(&self, like: Item, also: Vec<Item>) -> Result<Vec<Item>, kit::Status>;
}

impl Shop for Basic {
    async fn item(&self, id: u64) -> Result<Item, kit::Status> {
        Ok(Item { id })
    }
    async fn sum(&self, req: SumRequest) -> Result<Sum, kit::Status> {
        Ok(Sum { v: req.a + req.b })
    }
    async fn items(&self, like: Item, also: Vec<Item>) -> Result<Vec<Item>, kit::Status> {
        let mut items = also;
        items.push(like);
        Ok(items)
    }
}

pub fn main() {
    let client = ShopClient::local(Basic);
    assert_eq!(ui_tests::now(client.item(7)).unwrap(), Item { id: 7 });
    assert_eq!(ui_tests::now(client.sum(SumRequest { a: 1, b: 2 })).unwrap(), Sum { v: 3 });
    let items = ui_tests::now(client.items(Item { id: 1 }, vec![Item { id: 2 }])).unwrap();
    assert_eq!(items, [Item { id: 2 }, Item { id: 1 }]);
    let _ = kit::Server::new().mount(ShopServer::new(Basic));
}
