//! Generates the RPC types and services from the `.proto` files, without a system protoc.

use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = ["filesystem/filesystem.proto", "process/process.proto"];
    let descriptors = protox::Compiler::new(["proto"])?
        .include_source_info(true)
        .include_imports(true)
        .open_files(files)?
        .encode_file_descriptor_set();
    let path = PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin");
    fs::write(&path, descriptors)?;
    connectrpc_build::Config::new()
        .descriptor_set(&path)
        .files(&files)
        .include_file("rpc.rs")
        .compile()?;
    println!("cargo:rerun-if-changed=proto");
    Ok(())
}
