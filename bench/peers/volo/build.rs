//! volo's generator reads `.proto` files itself; it needs no protoc.

fn main() {
    volo_build::Builder::protobuf()
        .include_dirs(vec![".".into()])
        .add_service("add.proto")
        .write()
        .expect("add.proto compiles");
    println!("cargo::rerun-if-changed=add.proto");
}
