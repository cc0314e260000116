//! Makes Rust from `proto/`: messages, clients and servers, the table of methods, and the checks of the
//! `buf.validate` annotations. Needs no `protoc`.
//!
//! The build fails when a method does not say what it is, when an element has no comment, or when an
//! annotation asks for a check that the generator does not know.

mod annotations;
mod bounds;
mod comments;
mod methods;
mod rust_names;
mod validation;

use std::error::Error;
use std::path::{Path, PathBuf};

use prost_reflect::DescriptorPool;
use protox::Compiler;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let testdata = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("testdata");
    for watched in [
        root.join("proto"),
        root.join("third_party"),
        testdata.clone(),
    ] {
        println!("cargo::rerun-if-changed={}", watched.display());
    }

    contracts(&root, &out)?;
    test_messages(&testdata, &root, &out)
}

/// Everything under `proto/baton`.
fn contracts(root: &Path, out: &Path) -> Outcome<()> {
    let includes = [root.join("proto"), root.join("third_party")];
    let files = proto_files(&includes[0].join("baton"))?;

    // With comments for the Rust documentation; without them for reflection, which carries the set.
    let commented = compile(&includes, &files, true)?;
    let plain = compile(&includes, &files, false)?.encode_file_descriptor_set();
    std::fs::write(out.join("contracts.bin"), &plain)?;

    let pool = DescriptorPool::decode(commented.encode_file_descriptor_set().as_slice())?;
    comments::require(&pool, "baton.")?;
    std::fs::write(out.join("methods.rs"), methods::generate(&pool, "baton.")?)?;
    std::fs::write(
        out.join("validation.rs"),
        validation::generate(&pool, "baton.", "crate::")?,
    )?;
    generate_rust(&commented, out)
}

/// Messages that carry every rule the generator knows, for its own tests.
fn test_messages(testdata: &Path, root: &Path, out: &Path) -> Outcome<()> {
    let includes = [testdata.to_owned(), root.join("third_party")];
    let compiled = compile(&includes, &[testdata.join("sample.proto")], true)?;
    let pool = DescriptorPool::decode(compiled.encode_file_descriptor_set().as_slice())?;
    std::fs::write(
        out.join("sample_validation.rs"),
        validation::generate(&pool, "sample.", "crate::tests::")?,
    )?;
    generate_rust(&compiled, out)
}

fn compile(includes: &[PathBuf], files: &[PathBuf], comments: bool) -> Outcome<Compiler> {
    let mut compiler = Compiler::new(includes)?;
    compiler
        .include_imports(true)
        .include_source_info(comments)
        .open_files(files)?;
    Ok(compiler)
}

fn generate_rust(compiler: &Compiler, out: &Path) -> Outcome<()> {
    tonic_prost_build::configure()
        .out_dir(out)
        // Ordered maps: equal messages encode to equal bytes, which request keys rely on.
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

fn proto_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "proto")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
