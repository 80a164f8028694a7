use kit::endpoint;

pub trait Users {
    #[endpoint(get = "/users")]
    fn find(&self, id: u64) -> u64;
}

fn main() {}
