#[derive(kit::Message)]
#[kit(nam = "acme.Item")]
struct Item {
    #[proto(sint23)]
    offset: i32,
    #[proto(nmae = "id")]
    number: u64,
    #[proto(sint32, fixed32)]
    both: i32,
}

fn main() {}
