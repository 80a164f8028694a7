struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Nothing {}

#[kit::service]
impl Nothing for Basic {}

fn serve<S: Nothing + Send + Sync + 'static>(service: S) -> NothingServer<S> {
    NothingServer::new(service)
}

pub fn main() {
    let _ = kit::Server::new().mount(serve(Basic));
    let _ = NothingClient::local(Basic);
    assert!(nothing::DESCRIPTOR.methods.is_empty());
}
