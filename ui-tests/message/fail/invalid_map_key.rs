use std::collections::BTreeMap;

#[derive(kit::Message)]
struct Index {
    by_weight: std::collections::HashMap<Vec<u8>, u32>,
    by_name: BTreeMap<String, u32>,
}

fn main() {}
