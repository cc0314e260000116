//! The generators refuse what they do not know.

#[path = "../../build/annotations.rs"]
mod annotations;
#[path = "../../build/bounds.rs"]
mod bounds;
#[path = "../../build/comments.rs"]
mod comments;
#[path = "../../build/validation.rs"]
mod generator;
#[path = "../../build/methods.rs"]
mod methods;
#[path = "../../build/rust_names.rs"]
mod rust_names;

use prost_reflect::DescriptorPool;
use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};

struct OneFile(String);

impl FileResolver for OneFile {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == "test.proto" {
            File::from_source(name, &self.0)
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}

fn compile(body: &str) -> DescriptorPool {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let source = format!(
        "syntax = \"proto3\";\npackage test.v1;\nimport \"buf/validate/validate.proto\";\n\
         import \"google/protobuf/duration.proto\";\nimport \"baton/type/v1/call.proto\";\n{body}"
    );
    let mut files = ChainFileResolver::new();
    files.add(OneFile(source));
    files.add(IncludeFileResolver::new(format!("{root}/proto").into()));
    files.add(IncludeFileResolver::new(
        format!("{root}/third_party").into(),
    ));
    files.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(files);
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_file("test.proto")
        .unwrap();
    DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap()
}

fn refusal_of_rules(message: &str) -> String {
    generator::generate(&compile(message), "test.", "crate::").unwrap_err()
}

fn refusal_of_method(method: &str) -> String {
    let body = format!(
        "service S {{ rpc Do(In) returns (In) {{ {method} }} }} message In {{ string id = 1; }}"
    );
    methods::generate(&compile(&body), "test.").unwrap_err()
}

#[test]
fn an_unknown_rule_of_a_field_is_refused_by_name() {
    let unknown = [
        (
            "string a = 1 [(buf.validate.field).string.email = true];",
            "test.v1.M.a: unknown rule email",
        ),
        (
            "string a = 1 [(buf.validate.field).string.in = \"x\"];",
            "test.v1.M.a: unknown rule in",
        ),
        (
            "int32 a = 1 [(buf.validate.field).int32.const = 1];",
            "test.v1.M.a: unknown rule const",
        ),
        (
            "bool a = 1 [(buf.validate.field).bool.const = true];",
            "test.v1.M.a: unknown rule bool",
        ),
        (
            "repeated string a = 1 [(buf.validate.field).repeated.unique = true];",
            "test.v1.M.a: unknown rule unique",
        ),
        (
            "string a = 1 [(buf.validate.field).ignore = IGNORE_ALWAYS];",
            "test.v1.M.a: unknown rule ignore",
        ),
        (
            "string a = 1 [(buf.validate.field).cel = {id: \"x\", expression: \"true\"}];",
            "test.v1.M.a: unknown rule cel",
        ),
    ];
    for (field, refusal) in unknown {
        assert_eq!(
            refusal_of_rules(&format!("message M {{ {field} }}")),
            refusal
        );
    }
}

#[test]
fn a_rule_of_another_kind_is_refused() {
    assert_eq!(
        refusal_of_rules("message M { int64 a = 1 [(buf.validate.field).int32.gte = 1]; }"),
        "test.v1.M.a: rules of int32 on a field of int64"
    );
}

#[test]
fn rules_on_messages_are_refused() {
    let rule = "option (buf.validate.message).cel = {id: \"x\", expression: \"true\"};";
    assert_eq!(
        refusal_of_rules(&format!("message M {{ {rule} }}")),
        "test.v1.M: rules on a message are not supported"
    );
}

#[test]
fn types_that_cannot_be_checked_are_refused() {
    assert_eq!(
        refusal_of_rules("message M { google.protobuf.Duration a = 1; }"),
        "test.v1.M.a: google.protobuf.Duration is not supported"
    );
}

#[test]
fn every_method_says_what_it_is() {
    assert_eq!(
        refusal_of_method(""),
        "test.v1.S.Do has no option baton.type.v1.call"
    );
    assert_eq!(
        refusal_of_method("option (baton.type.v1.call) = {subject: SUBJECT_NONE};"),
        "baton.type.v1.call.kind is not stated"
    );
    assert_eq!(
        refusal_of_method(
            "option (baton.type.v1.call) = {kind: CALL_KIND_QUERY, subject: SUBJECT_CASE};"
        ),
        "test.v1.S.Do: subject and field do not fit together"
    );
    assert_eq!(
        refusal_of_method(
            "option (baton.type.v1.call) = {kind: CALL_KIND_QUERY, subject: SUBJECT_CASE, field: \"no\"};"
        ),
        "test.v1.S.Do: no is not a text field of its request"
    );
    assert_eq!(
        refusal_of_method(
            "option (baton.type.v1.call) = {kind: CALL_KIND_REQUEST, subject: SUBJECT_NONE};"
        ),
        "test.v1.S.Do changes something and has no request_id"
    );
}

#[test]
fn an_element_without_a_comment_is_named() {
    let pool = compile(
        "// Said.\nmessage M {\n  string a = 1;\n  // Said.\n  string b = 2;\n}\n// Said.\nenum E { NONE = 0; }",
    );

    assert_eq!(
        comments::require(&pool, "test.").unwrap_err(),
        "no comment on: test.v1.M.a, test.v1.NONE"
    );
}
