use kit::{Context, Status};

struct Broken;

#[kit::service(dynamic, mock)]
pub trait Users {
    #[fallback(anybody, on(not_found, unavailable))]
    async fn name(&self, id: u64) -> Result<String, Status>;
    #[cache(ttl = "1s")]
    #[fallback(Last::known)]
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, cx: &Context, id: u64) -> Result<u64, Status>;
}

async fn anybody(_: &Context, request: users::NameRequest, error: Status) -> Result<String, Status> {
    Ok(format!("user {} ({})", request.id, error.code()))
}

struct Last;

impl Last {
    async fn known(_: &Context, request: users::FindRequest, error: Status) -> Result<u64, Status> {
        if request.id == 0 { Err(error) } else { Ok(request.id) }
    }
}

#[kit::service]
impl Users for Broken {
    async fn name(&self, _id: u64) -> Result<String, Status> {
        Err(Status::unavailable("no such user"))
    }
    async fn find(&self, _cx: &Context, _id: u64) -> Result<u64, Status> {
        Err(Status::unavailable("no such user"))
    }
}

pub fn main() {
    let users = UsersClient::local(Broken);
    let name = ui_tests::now(users.name(7));
    assert_eq!(name.ok().as_deref(), Some("user 7 (unavailable)"));
    let cx = Context::new();
    assert_eq!(ui_tests::now(users.find(&cx, 3)).ok(), Some(3));
    let failed = ui_tests::now(users.find(&cx, 0)).map_err(|error| error.code());
    assert_eq!(failed, Err(kit::Code::Unavailable));
    let codes = |index: usize| users::DESCRIPTOR.methods[index].meta.policies.client.fallback;
    let own = kit::policy::CodeSet::of(&[kit::Code::NotFound, kit::Code::Unavailable]);
    assert_eq!(codes(0), Some(own));
    assert_eq!(codes(1), Some(kit::policy::fallback::CODES));
    // The dynamic type holds a service here, not a client of one.
    let erased = DynUsers::new(Broken);
    assert!(ui_tests::now(erased.name(7)).is_err());
}
