struct Basic;

/// Adds numbers.
#[kit::service(name = "pb.Add", version = "2")]
#[transport(http, grpc)]
pub trait Add {
    /// Sums two integers.
    #[endpoint(post = "/sum", idempotent, status = 201)]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;

    async fn take_away(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn take_away(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a - b)
    }
}

pub fn main() {
    let descriptor = &add::DESCRIPTOR;
    assert_eq!(descriptor.name, "pb.Add");
    assert_eq!(descriptor.version, Some("2"));
    assert_eq!(descriptor.docs, "Adds numbers.");
    let [sum, take_away] = descriptor.methods else { panic!("two methods") };
    assert_eq!(sum.meta.docs, "Sums two integers.");
    assert_eq!(sum.meta.grpc_path, "/pb.Add/Sum");
    assert_eq!(sum.meta.http.unwrap().path, "/sum");
    assert_eq!(sum.meta.http.unwrap().status, 201);
    assert!(sum.meta.idempotent);
    assert_eq!(take_away.meta.grpc_path, "/pb.Add/TakeAway");
    assert_eq!(take_away.meta.http.unwrap().path, "/add/take-away");
    assert!(!take_away.meta.idempotent);

    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.sum(1, 2)).unwrap(), 3);
    assert_eq!(ui_tests::now(client.take_away(1, 2)).unwrap(), -1);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
