use kit::Streaming;
use kit::descriptor::Shape;

#[derive(Debug, kit::Message)]
pub struct Number {
    value: u64,
}

struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Numbers {
    async fn unary(&self, n: u64) -> Result<u64, kit::Status>;
    #[transport(grpc)]
    async fn upload(&self, cx: &kit::Context, numbers: kit::Streaming<Number>) -> Result<u64, kit::Status>;
    #[transport(grpc)]
    async fn upto(&self, n: u64, step: u64) -> Result<Streaming<u64>, kit::Status>;
    #[transport(grpc)]
    async fn echo(&self, numbers: Streaming<Number>) -> Result<::kit::Streaming<Number>, kit::Status>;
}

impl Numbers for Basic {
    async fn unary(&self, n: u64) -> Result<u64, kit::Status> {
        Ok(n)
    }
    async fn upload(&self, _: &kit::Context, mut numbers: Streaming<Number>) -> Result<u64, kit::Status> {
        let mut sum = 0;
        while let Some(number) = numbers.message().await? {
            sum += number.value;
        }
        Ok(sum)
    }
    async fn upto(&self, n: u64, step: u64) -> Result<Streaming<u64>, kit::Status> {
        Ok(Streaming::from_items((0..n).step_by(step as usize)))
    }
    async fn echo(&self, numbers: Streaming<Number>) -> Result<Streaming<Number>, kit::Status> {
        Ok(numbers)
    }
}

pub fn main() {
    let shapes: Vec<_> = numbers::DESCRIPTOR.methods.iter().map(|method| method.meta.shape).collect();
    assert_eq!(
        shapes,
        [Shape::Unary, Shape::ClientStreaming, Shape::ServerStreaming, Shape::Bidirectional],
    );
    let client = NumbersClient::local(Basic);
    let sum = ui_tests::now(client.upload(&kit::Context::new(), Streaming::from_items([1, 2, 3].map(|value| Number { value }))));
    assert_eq!(sum.unwrap(), 6);
    let _ = kit::Server::new().mount(NumbersServer::new(Basic));
}
