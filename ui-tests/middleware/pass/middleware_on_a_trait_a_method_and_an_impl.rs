use kit::{Context, Endpoint, Method, Middleware, Outcome};

/// Lets every call through.
pub struct Audit {
    /// Who reads the audit.
    pub reader: &'static str,
}

impl<M: Method> Middleware<M> for Audit {
    async fn call<E: Endpoint<M>>(&self, cx: &Context, request: M::Request, next: &E) -> Outcome<M> {
        next.call(cx, request).await
    }
}

/// Returns a response without calling the method.
pub struct Zero;

impl Middleware<add::Sum> for Zero {
    async fn call<E: Endpoint<add::Sum>>(
        &self,
        _: &Context,
        request: add::SumRequest,
        _: &E,
    ) -> Outcome<add::Sum> {
        Ok(request.a * 0)
    }
}

struct Basic;

#[kit::service]
#[middleware(Audit { reader: "trait" })]
pub trait Add {
    #[middleware(Zero)]
    #[middleware(Audit { reader: "method" })]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
}

#[kit::service]
#[middleware(Audit { reader: "impl" })]
#[middleware(kit::Identity)]
impl Add for Basic {
    #[middleware(Audit { reader: "method of an impl" })]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(-a)
    }
}

struct Plain;

impl Add for Plain {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(-a)
    }
}

pub fn main() {
    let audit = Audit { reader: "layer" };
    let _ = kit::Server::new().mount(AddServer::new(Basic).layer(audit)).mount(AddServer::new(Plain));
    let client = AddClient::local(Basic).layer(Audit { reader: "client" });
    assert_eq!(ui_tests::now(client.sum(1, 2)).unwrap(), 3);
}
