//! Every message, as a person reads it.

use super::refused;

/// What is wrong, the files, and the dataset's table.
type Case<'a> = (&'a str, &'a [(&'a str, &'a [u8])], &'a str);

/// The messages of a group of cases, each under what is wrong.
fn messages(cases: &[Case<'_>]) -> String {
    cases
        .iter()
        .map(|(what, files, toml)| format!("# {what}\n{}\n", refused(files, toml)))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn delimited() {
    let table = "articles = \"a.csv\"";
    insta::assert_snapshot!(messages(&[
        ("a row too short", &[("a.csv", b"id,source\n1,a\n2\n")], table),
        ("a row too long", &[("a.csv", b"id,source\n1,a,b\n")], table),
        ("a quotation mark never closed", &[("a.csv", b"id,source\n1,a\n2,\"b\n3,c\n")], table),
        ("text after a closing quotation mark", &[("a.csv", b"id,source\n1,\"a\" said\n")], table),
        ("an empty file", &[("a.csv", b"")], table),
        ("a header alone", &[("a.csv", b"id,source\n")], table),
        ("a column without a name", &[("a.csv", b"id,,source\n1,2,3\n")], table),
        ("a column twice", &[("a.csv", b"id,source,id\n1,2,3\n")], table),
        ("semicolons", &[("a.csv", b"id;source\n1;2\n")], table),
        ("commas in a TSV", &[("a.tsv", b"id,source\n1,2\n")], "articles = \"a.tsv\""),
    ]));
}
