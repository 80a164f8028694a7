#[kit::service]
pub trait Users {
    fn rename<T>(&mut self, id: &str, (first, last): (String, String), nick: impl Into<String>) -> bool;
}

fn main() {}
