use kit::descriptor::Source;

#[derive(serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Profile {
    age: u32,
}

#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(put = "/users/{id}")]
    async fn change(
        &self,
        cx: &kit::Context,
        #[path] id: u64,
        #[query] dry_run: Option<bool>,
        #[header("x-tenant")] tenant: String,
        #[body] profile: Profile,
    ) -> Result<(), kit::Status>;

    async fn log_in(
        &self,
        #[tag(3)] name: String,
        #[sensitive] #[tag(1)] password: String,
        #[query] #[tag(2)] remember: bool,
    ) -> Result<String, kit::Status>;

    #[endpoint(get = "/search/{group}")]
    async fn search(&self, group: String, name: Option<String>) -> Result<Vec<String>, kit::Status>;
}

pub fn main() {
    let [change, log_in, search] = users::DESCRIPTOR.methods else { panic!("three methods") };
    let sources = |method: &kit::descriptor::MethodDescriptor| -> Vec<_> {
        method.meta.arguments.iter().map(|argument| (argument.name, argument.source)).collect()
    };
    assert_eq!(
        sources(change),
        [
            ("id", Source::Path),
            ("dry_run", Source::Query),
            ("tenant", Source::Header("x-tenant")),
            ("profile", Source::Body),
        ],
    );
    assert_eq!(
        sources(log_in),
        [("name", Source::Member), ("password", Source::Member), ("remember", Source::Query)],
    );
    assert_eq!(sources(search), [("group", Source::Path), ("name", Source::Query)]);
    let tags: Vec<_> = log_in.meta.arguments.iter().map(|argument| argument.tag).collect();
    assert_eq!(tags, [3, 1, 2]);
    assert!(log_in.meta.arguments[1].sensitive);
    assert!(!log_in.meta.arguments[0].sensitive);
}
