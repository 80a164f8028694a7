#[derive(kit::Message)]
struct Item {
    #[tag(0)]
    zero: u64,
    #[tag(536870912)]
    too_large: u64,
    #[tag(-1)]
    negative: u64,
    #[tag(19500)]
    reserved: u64,
    #[tag(536870911)]
    fine: u64,
}

fn main() {}
