use std::collections::{BTreeMap, HashMap};

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Point {
    x: f64,
    y: f64,
}

struct Basic;

#[kit::service(dynamic)]
#[transport(http, grpc)]
pub trait Types {
    async fn scalars(&self, a: i32, b: u32, c: f32, d: bool, e: String, f: Vec<u8>) -> Result<(), kit::Status>;
    async fn lists(&self, a: Vec<String>, b: Option<i64>, c: HashMap<String, i64>) -> Result<Vec<Point>, kit::Status>;
    async fn messages(&self, point: Point, other: Option<Point>, all: Vec<Point>) -> Result<Option<Point>, kit::Status>;
    async fn maps(&self, a: BTreeMap<u32, String>) -> Result<HashMap<String, Point>, kit::Status>;
}

impl Types for Basic {
    async fn scalars(&self, _: i32, _: u32, _: f32, _: bool, _: String, _: Vec<u8>) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn lists(&self, _: Vec<String>, _: Option<i64>, _: HashMap<String, i64>) -> Result<Vec<Point>, kit::Status> {
        Ok(Vec::new())
    }
    async fn messages(&self, point: Point, _: Option<Point>, _: Vec<Point>) -> Result<Option<Point>, kit::Status> {
        Ok(Some(point))
    }
    async fn maps(&self, _: BTreeMap<u32, String>) -> Result<HashMap<String, Point>, kit::Status> {
        Ok(HashMap::new())
    }
}

pub fn main() {
    let client = TypesClient::local(Basic);
    ui_tests::now(client.scalars(1, 2, 3.0, true, String::new(), vec![1])).unwrap();
    let _ = kit::Server::new().mount(TypesServer::new(Basic));
}
