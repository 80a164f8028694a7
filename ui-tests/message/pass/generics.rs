use kit::Message;

/// A whole field, and an element.
#[derive(Debug, PartialEq, kit::Message)]
struct Page<T, U: Clone = u32>
where
    T: std::fmt::Debug,
{
    items: Vec<T>,
    about: U,
}

#[derive(Debug, PartialEq, kit::Message)]
enum Either<A, B> {
    Left(A),
    Right(B),
}

#[derive(Debug, PartialEq, kit::Message)]
struct Tree<T> {
    value: Option<T>,
    children: Vec<Tree<T>>,
}

pub fn main() {
    let page = Page { items: vec![Either::<String, u32>::Right(3)], about: vec![1_u32] };
    assert_eq!(Page::decode(page.to_bytes()), Ok(page));
    let tree = Tree { value: Some(1), children: vec![Tree { value: None, children: vec![] }] };
    assert_eq!(Tree::decode(tree.to_bytes()), Ok(tree));
}
