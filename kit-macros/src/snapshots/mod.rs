//! Snapshots of the expansions of services, in files next to this one.
//!
//! They make changes of generated code visible as a diff. `KIT_BLESS=1 cargo test
//! -p kit-macros` records them again.

use std::path::PathBuf;

use proc_macro2::TokenStream;

use crate::attribute::service;

/// Expands a service and compares it with its file.
fn check(name: &str, source: &str) -> String {
    let file = syn::parse_str::<syn::File>(source).expect("a service that parses");
    let mut output = TokenStream::new();
    for item in file.items {
        output.extend(expand(item));
    }
    compare(name, &output)
}

/// Compares an expansion with its file.
fn compare(name: &str, output: &TokenStream) -> String {
    let file = syn::parse2(output.clone()).expect("an expansion that parses");
    let printed = prettyplease::unparse(&file);
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "src/snapshots", name]
        .iter()
        .collect();
    let path = path.with_extension("expanded.rs");
    if std::env::var_os("KIT_BLESS").is_some() {
        std::fs::write(&path, &printed).expect("a snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == printed,
        "the expansion of {name} has changed; record it with KIT_BLESS=1 and read git diff:\n{printed}"
    );
    printed
}

/// Expands an item with `#[kit::service(..)]` as rustc would.
fn expand(item: syn::Item) -> TokenStream {
    let mut item = item;
    let attributes = match &mut item {
        syn::Item::Trait(item) => &mut item.attrs,
        syn::Item::Impl(item) => &mut item.attrs,
        other => panic!("not a service: {other:?}"),
    };
    let position = attributes
        .iter()
        .position(|attribute| {
            attribute
                .path()
                .segments
                .last()
                .is_some_and(|last| last.ident == "service")
        })
        .expect("`#[kit::service]` on the item");
    let attribute = attributes.remove(position);
    let arguments = match attribute.meta {
        syn::Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    service(arguments, quote::quote!(#item))
}

const ADDSVC: &str = r#"
    /// Adds numbers and joins strings.
    #[kit::service(name = "pb.Add")]
    #[transport(http, grpc)]
    #[timeout("2s")]
    pub trait Add {
        /// Sums two integers.
        #[endpoint(post = "/sum", idempotent)]
        async fn sum(&self, a: i64, b: i64) -> Result<SumReply, AddError>;

        /// Joins two strings.
        #[endpoint(post = "/concat")]
        async fn concat(&self, a: String, b: String) -> Result<ConcatReply, AddError>;
    }
"#;

#[test]
fn addsvc() {
    check("addsvc", ADDSVC);
}

/// Counts the lines of the expansion that one more method adds, without its
/// declaration in the trait.
#[test]
fn a_method_with_two_transports_adds_forty_lines_at_most() {
    const THIRD: &str = "
        /// Multiplies two integers.
        #[endpoint(post = \"/multiply\", idempotent)]
        async fn multiply(&self, a: i64, b: i64) -> Result<SumReply, AddError>;
    }";
    let end = ADDSVC.rfind('}').expect("the end of the trait");
    let three = format!("{}{THIRD}", &ADDSVC[..end]);
    let (two, three) = (check("addsvc", ADDSVC), check("three_methods", &three));
    let declaration = three
        .lines()
        .skip_while(|line| !line.contains("fn multiply"))
        .position(|line| line.ends_with(';'))
        // The position counts from zero, and without the doc comment.
        .map(|position| position + 2)
        .expect("the method's declaration");
    let added = three.lines().count() - two.lines().count() - declaration;
    assert!(added <= 40, "a method adds {added} lines");
}

macro_rules! snapshots {
    ($($name:ident: $source:literal,)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name), $source);
        }
    )*};
}

snapshots! {
    no_methods: "#[kit::service] pub trait Nothing {}",
    private_and_undocumented: "
        #[kit::service]
        trait Quiet {
            async fn sum(&self, a: i64) -> Result<i64, kit::Status>;
        }",
    route_from_names: "
        #[kit::service(version = \"1.2\")]
        #[transport(http(prefix = \"/v1\"))]
        pub(crate) trait UserAccounts {
            async fn list_all(&self) -> Result<Vec<User>, kit::Status>;
            #[endpoint(delete = \"/{id}\", status = 202)]
            async fn remove(&self, id: u64) -> Result<(), kit::Status>;
        }",
    every_source: "
        #[kit::service]
        #[transport(http, grpc)]
        pub trait Sources {
            #[endpoint(put = \"/items/{id}\", status = 201)]
            async fn put(
                &self,
                id: u64,
                #[query] dry_run: Option<bool>,
                #[header(\"X-Tenant\")] tenant: String,
                #[body] #[tag(9)] item: Item,
                #[query] #[sensitive] key: String,
            ) -> Result<(), kit::Status>;
        }",
    whole_body: "
        #[kit::service]
        #[transport(http, grpc)]
        pub trait Whole {
            async fn echo(&self, #[body] message: Message) -> Result<Message, kit::Status>;
        }",
    streams: "
        #[kit::service]
        #[transport(grpc)]
        pub trait Streams {
            async fn count(&self, upto: i64) -> Result<kit::Streaming<i64>, kit::Status>;
            async fn total(&self, values: kit::Streaming<Value>) -> Result<i64, kit::Status>;
            async fn echo(&self, values: Streaming<Value>) -> Result<Streaming<Value>, kit::Status>;
        }",
    context: "
        #[kit::service]
        pub trait WithContext {
            async fn whoami(&self, cx: &Context) -> Result<String, kit::Status>;
        }",
    generics: "
        #[kit::service]
        pub trait Repo<'a, K, const N: usize>: Send + 'static
        where
            K: Key<'a>,
        {
            async fn get(&self, key: K) -> Result<Cow<'a, str>, kit::Status>;
            async fn len(&self) -> Result<u64, kit::Status>;
        }",
    conditional: "
        #[kit::service]
        pub trait Conditional {
            #[cfg(unix)]
            async fn fork(&self, pid: i64) -> Result<i64, kit::Status>;
            async fn spawn(&self, #[cfg(unix)] uid: u32, name: String) -> Result<i64, kit::Status>;
        }",
    shadowing_names: "
        #[kit::service]
        pub trait Store {
            async fn item(&self, item: Item, more: Option<super::Other>) -> Result<Item, kit::Status>;
            async fn option(&self, value: Option<self::Item>) -> Result<(), kit::Status>;
        }",
    raw_identifiers: "
        #[kit::service(crate = crate::vendored::kit)]
        pub(super) trait Match {
            #[deprecated]
            #[endpoint(get = \"/{type}\")]
            async fn r#move(&self, r#type: String) -> Result<(), kit::Status>;
        }",
    middleware: "
        #[kit::service]
        #[middleware(Audit)]
        pub trait Layered {
            #[middleware(Limit::new(3), Trace)]
            async fn sum(&self, a: i64) -> Result<i64, kit::Status>;
            async fn concat(&self, a: String) -> Result<String, kit::Status>;
        }",
    timeouts: "
        #[kit::service]
        #[timeout(\"2s\", at = server)]
        pub trait Timed {
            #[timeout(LIMIT, at = client)]
            async fn sum(&self, a: i64) -> Result<i64, kit::Status>;
            #[timeout(\"1500us\")]
            async fn concat(&self, a: String) -> Result<String, kit::Status>;
        }",
    dynamic_and_mock: "
        #[kit::service(dynamic, mock)]
        pub trait Either {
            async fn sum(&self, cx: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status>;
        }",
    implementation: "
        #[kit::service]
        #[timeout(\"2s\")]
        impl a::Add for Basic {
            async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
                Ok(a + b)
            }
            #[timeout(\"1s\")]
            #[middleware(Audit)]
            async fn concat(&self, a: String, b: String) -> Result<String, kit::Status> {
                Ok(a + &b)
            }
        }",
    registered: "
        #[kit::service(register = Basic::new(3))]
        impl Add for Basic {}",
    after_errors: "
        #[kit::service(nme = \"pb.Add\")]
        pub trait Broken: Clone {
            const LIMIT: usize;
            async fn sum(&mut self, a: &str, (b, c): (i64, i64)) -> i64;
            fn concat(&self, a: String) -> Result<String, kit::Status>;
            async fn fine(&self, a: i64) -> Result<i64, kit::Status>;
        }",
    values_from_a_file: "
        #[kit::service(name = \"pb.Shop\", config = \"src/snapshots/kit.toml\")]
        #[timeout(\"2s\")]
        pub trait Shop {
            #[endpoint(get = \"/price\")]
            #[retry(attempts = 3, backoff = FIRST..LONGEST)]
            #[breaker(failures = 5)]
            async fn price(&self, item: u32) -> Result<u32, kit::Status>;
            #[rate_limit(RATE, burst = 20)]
            #[shed]
            async fn buy(&self, item: u32) -> Result<u32, kit::Status>;
            async fn rest(&self) -> Result<(), kit::Status>;
        }",
    every_policy: "
        #[kit::service]
        #[timeout(\"2s\")]
        #[shed]
        pub trait Guarded {
            #[endpoint(idempotent)]
            #[retry(attempts = 5, backoff = \"10ms..2s\", on(unavailable, aborted), attempt_timeout = \"500ms\")]
            #[hedge(after = \"p99\")]
            #[breaker(ratio = 0.5, window = 100, open = \"30s\", at = both)]
            #[rate_limit(\"100/s\", burst = 20, key = arg(tenant), store = \"redis\")]
            #[concurrency(adaptive, min = MIN, algorithm = vegas)]
            #[cache(ttl = \"1s\", coalesce)]
            #[fallback(last_known)]
            async fn find(&self, tenant: String) -> Result<User, kit::Status>;
            #[throttle(k = 1.5)]
            async fn rename(&self, tenant: String) -> Result<(), kit::Status>;
        }
        #[kit::service]
        #[shed(cpu = 0.5)]
        impl Guarded for Basic {
            #[rate_limit(RATE)]
            async fn find(&self, tenant: String) -> Result<User, kit::Status> { todo!() }
            async fn rename(&self, tenant: String) -> Result<(), kit::Status> { todo!() }
        }",
}

/// The policies of a plain function, in the order of the chain.
#[test]
fn policies_of_a_function() {
    let item = quote::quote! {
        #[kit::retry]
        #[kit::fallback(last_known)]
        #[doc = "Looks a user up."]
        pub async fn find(&self, mut name: String) -> Result<User, Status> {
            name.push('!');
            self.look_up(name).await
        }
    };
    let breaker = kit_grammar::Policy::named("breaker").expect("a policy");
    let output = crate::function::function(breaker, quote::quote!(failures = 5), &item);
    let output = output.expect("an expansion");
    compare(
        "policies_of_a_function",
        &quote::quote!(impl Users { #output }),
    );
}

/// A timeout wraps a breaker, which gets its limit.
#[test]
fn timeout_of_a_function() {
    let item = quote::quote! {
        #[kit::timeout(LIMIT)]
        async fn ask(name: &str) -> Result<User, Status> {
            ask_again(name).await
        }
    };
    let breaker = kit_grammar::Policy::named("breaker").expect("a policy");
    let output = crate::function::function(breaker, quote::quote!(), &item);
    compare("timeout_of_a_function", &output.expect("an expansion"));
}
