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

#[test]
fn json() {
    let lines = "articles = \"a.jsonl\"";
    let array = "articles = \"a.json\"";
    insta::assert_snapshot!(messages(&[
        ("a line cut off", &[("a.jsonl", b"{\"id\": 1, \"source\": \"a\"}\n{\"id\": 2, \"sou\n")], lines),
        ("a missing comma after Chinese", &[("a.jsonl", "{\"id\": \"一\" \"source\": \"a\"}\n".as_bytes())], lines),
        ("an array in JSONL", &[("a.jsonl", b"[\n{\"id\": 1, \"source\": \"a\"}\n]\n")], lines),
        ("a line that is no object", &[("a.jsonl", b"{\"id\": 1, \"source\": \"a\"}\n\"b\"\n")], lines),
        (
            "a broken element",
            &[("a.json", b"[\n  {\"id\": 1, \"source\": \"a\"},\n  {\"id\": 2, \"source\" \"b\"}\n]")],
            array
        ),
        ("an array cut off", &[("a.json", b"[{\"id\": 1, \"source\": \"a\"}")], array),
        ("elements without a comma", &[("a.json", b"[{\"id\": 1, \"source\": \"a\"} {}]")], array),
        ("an element that is no object", &[("a.json", b"[{\"id\": 1, \"source\": \"a\"}, 2]")], array),
        ("an object without articles", &[("a.json", b"{\"items\": []}")], array),
        ("JSONL in .json", &[("a.json", b"{\"id\": 1, \"source\": \"a\"}\n{\"id\": 2, \"source\": \"b\"}\n")], array),
        ("a text", &[("a.json", b"\"articles\"")], array),
        ("nothing", &[("a.json", b" ")], array),
        ("an empty array", &[("a.json", b"[]")], array),
    ]));
}

#[test]
fn places() {
    insta::assert_snapshot!(messages(&[
        ("no such file", &[], "articles = \"data/cms.csv\""),
        ("no such folder of the dataset's name", &[], ""),
        ("no such references", &[("a.csv", b"id,source\n1,a\n")], "articles = \"a.csv\"\nreferences = \"refs.jsonl\""),
        ("no such facts", &[("a.csv", b"id,source\n1,a\n")], "articles = \"a.csv\"\nfacts = \"facts/\""),
        ("an unknown format", &[("a.xlsx", b"PK")], "articles = \"a.xlsx\""),
        (
            "facts of an unknown format",
            &[("a.csv", b"id,source\n1,a\n"), ("f.xml", b"")],
            "articles = \"a.csv\"\nfacts = \"f.xml\""
        ),
        ("an empty folder", &[("d/.keep", b"")], "articles = \"d\""),
        ("a folder of two formats", &[("d/a.csv", b"id,source\n1,a\n"), ("d/b.jsonl", b"")], "articles = \"d\""),
        ("a torn gzip", &[("a.jsonl.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b])], "articles = \"a.jsonl.gz\""),
    ]));
    if cfg!(not(feature = "parquet")) {
        insta::assert_snapshot!(
            refused(&[("a.parquet", b"PAR1")], "articles = \"a.parquet\""),
            @"a.parquet: this build does not read Parquet; build it with `cargo install --path . --features parquet`, or export the data as JSONL"
        );
    }
}

#[test]
fn tables() {
    let csv: &[(&str, &[u8])] = &[("a.csv", b"id,source\n1,a\n")];
    insta::assert_snapshot!(messages(&[
        ("an unknown encoding", csv, "articles = \"a.csv\"\nencoding = \"big-5x\""),
        ("a tag that is none", csv, "articles = \"a.csv\"\nlang = \"繁體中文\""),
        ("a date format that is none", csv, "articles = \"a.csv\"\ndate_format = \"%Y/%m/%J\""),
        ("a column for two fields", csv, "articles = \"a.csv\"\nfields = { id = \"id\", title = \"id\" }"),
        ("a column that no row has", csv, "articles = \"a.csv\"\nfields = { title = \"headline\" }"),
    ]));
}

#[test]
fn articles() {
    let csv = "articles = \"a.csv\"";
    let lines = "articles = \"a.jsonl\"";
    insta::assert_snapshot!(messages(&[
        ("no column for the id", &[("a.csv", b"nid,source\n1,a\n")], csv),
        ("no column for the source", &[("a.csv", b"id,body,title\n1,a,b\n")], csv),
        (
            "a mapped column that is not there",
            &[("a.csv", b"id,source\n1,a\n")],
            "articles = \"a.csv\"\nfields = { id = \"nid\" }"
        ),
        ("an empty id", &[("a.csv", b"id,source\n1,a\n  ,b\n")], csv),
        ("an id twice", &[("a.csv", b"id,source\n1,\"a\nb\"\n2,b\n1,c\n")], csv),
        (
            "an id in two files",
            &[("d/a.csv", b"id,source\n1,a\n"), ("d/b.csv", b"id,source\n2,a\n1,b\n")],
            "articles = \"d\""
        ),
        (
            "an id of two articles' files",
            &[("d/a.md", b"+++\n+++\nA."), ("d/b.md", b"+++\nid = \"a\"\n+++\nB.")],
            "articles = \"d\""
        ),
        ("an empty source", &[("a.csv", b"id,source\n1,a\n2,\" \n\"\n")], csv),
        ("a source that is a list", &[("a.jsonl", b"{\"id\": 1, \"source\": [\"a\"]}")], lines),
        ("an id that is a fraction", &[("a.jsonl", b"{\"id\": 1.5, \"source\": \"a\"}")], lines),
        ("a tag that is none", &[("a.csv", b"id,source,lang\n1,a,en\n2,b,Chinese (Taiwan)\n")], csv),
        ("a date in a known format", &[("a.csv", b"id,source,date\n1,a,2025/9/1 10:30\n")], csv),
        ("a date in two formats", &[("a.csv", b"id,source,date\n1,a,01/09/2025\n")], csv),
        ("a date in no format", &[("a.csv", b"id,source,date\n1,a,yesterday\n")], csv),
        (
            "a date in another format",
            &[("a.csv", b"id,source,date\n1,a,1.9.2025\n")],
            "articles = \"a.csv\"\ndate_format = \"%Y/%m/%d\""
        ),
        (
            "a source that is markup alone",
            &[("a.csv", b"id,source\n1,<p></p>\n")],
            "articles = \"a.csv\"\nstrip_html = true"
        ),
    ]));
}

#[test]
fn front_matter() {
    insta::assert_snapshot!(messages(&[
        ("YAML", &[("datasets/d/a.md", b"---\ntitle: A\n---\nText.")], ""),
        ("YAML in plain text", &[("datasets/d/a.txt", b"---\r\ntitle: A\r\n---\r\nText.")], ""),
        ("none", &[("datasets/d/a.md", b"# A\n\nText.")], ""),
        ("never closed", &[("datasets/d/a.md", b"+++\ntitle = \"A\"\n\nText.")], ""),
        ("an unknown key", &[("datasets/d/a.md", b"+++\ntitle = \"A\"\nlagn = \"en\"\n+++\nText.")], ""),
        ("a key of its own", &[("datasets/d/a.md", b"+++\nsource = \"A\"\n+++\nText.")], ""),
        (
            "broken TOML",
            &[("datasets/d/a.md", "+++\ntitle = \"A\"\ntags = [\"一\" \"二\"]\n+++\nText.".as_bytes())],
            ""
        ),
        ("no text", &[("datasets/d/a.md", b"+++\ntitle = \"A\"\n+++\n\n")], ""),
    ]));
}

#[test]
fn references() {
    let articles: (&str, &[u8]) = ("a.csv", b"id,source\n1,a\n2,b\n");
    let lines = "articles = \"a.csv\"\nreferences = \"r.jsonl\"";
    insta::assert_snapshot!(messages(&[
        ("no article of the id", &[articles, ("r.jsonl", b"{\"id\": 1, \"summary\": \"s\"}\n{\"id\": \"x9\", \"summary\": \"s\"}\n")], lines),
        ("no articles of many ids", &[articles, ("r.jsonl", b"{\"id\": 7, \"summary\": \"s\"}\n{\"id\": 5, \"summary\": \"s\"}\n{\"id\": 6, \"summary\": \"s\"}\n")], lines),
        ("no id", &[articles, ("r.jsonl", b"{\"nid\": 1, \"summary\": \"s\"}\n")], lines),
        ("no summary", &[articles, ("r.jsonl", b"{\"id\": 1, \"text\": \"s\"}\n")], lines),
        ("a list of numbers", &[("a.jsonl", b"{\"id\": 1, \"source\": \"a\", \"references\": [\"s\", 2]}\n")], "articles = \"a.jsonl\""),
        ("an object without summary", &[("a.jsonl", b"{\"id\": 1, \"source\": \"a\", \"references\": [{\"text\": \"s\"}]}\n")], "articles = \"a.jsonl\""),
        ("a folder's file of no article", &[("datasets/d/a.txt", b"A."), ("references/d/b.toml", b"\n[[reference]]\nsummary = \"s\"\n")], ""),
        ("a misspelt key", &[("datasets/d/a.txt", b"A."), ("references/d/a.toml", b"[[reference]]\nsumary = \"s\"\n")], ""),
        ("a misspelt table", &[("datasets/d/a.txt", b"A."), ("references/d/a.toml", b"[[refs]]\nsummary = \"s\"\n")], ""),
        ("a reference without summary", &[("datasets/d/a.txt", b"A."), ("references/d/a.toml", b"[[reference]]\nannotator = \"s\"\n")], ""),
        ("one file that names no article", &[articles, ("r.toml", b"[[reference]]\nsummary = \"s\"\n")], "articles = \"a.csv\"\nreferences = \"r.toml\""),
    ]));
}

#[test]
fn facts() {
    let articles: (&str, &[u8]) = ("a.csv", b"id,source\n1,a\n2,b\n");
    let toml = "articles = \"a.csv\"\nfacts = \"f\"";
    let csv = "articles = \"a.csv\"\nfacts = \"f.csv\"";
    let lines = "articles = \"a.csv\"\nfacts = \"f.jsonl\"";
    insta::assert_snapshot!(messages(&[
        ("no article of the id", &[articles, ("f/3.toml", b"[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"c\"\n")], toml),
        ("another article's id", &[articles, ("f/1.toml", b"[[fact]]\narticle = \"2\"\nid = \"f\"\nkind = \"point\"\nclaim = \"c\"\n")], toml),
        ("no claim", &[articles, ("f/1.toml", b"[[fact]]\nid = \"e\"\nkind = \"point\"\nclaim = \"c\"\n\n[[fact]]\nid = \"f\"\nkind = \"point\"\n")], toml),
        ("an empty claim", &[articles, ("f/1.toml", b"\n[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \" \"\n")], toml),
        ("a misspelt key", &[articles, ("f/1.toml", b"[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"c\"\nmust_have = true\nwieght = 2\n")], toml),
        ("an unknown kind", &[articles, ("f/1.toml", b"[[fact]]\nid = \"f\"\nkind = \"number\"\nclaim = \"c\"\n")], toml),
        ("an id twice", &[articles, ("f/1.toml", b"[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"c\"\n\n[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"d\"\n")], toml),
        ("no weight at all", &[articles, ("f/1.toml", b"[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"c\"\nweight = nan\n")], toml),
        ("TOML in Big5", &[articles, ("f/1.toml", b"[[fact]]\nid = \"f\"\nkind = \"point\"\nclaim = \"\xa4\xa4\xa4\xe5\"\n")], toml),
        ("CSV: a claim that is empty", &[articles, ("f.csv", b"article,id,kind,claim\n1,f,point,\n")], csv),
        ("CSV: no column for the claim", &[articles, ("f.csv", b"article,id,kind\n1,f,point\n")], csv),
        ("CSV: an unknown column", &[articles, ("f.csv", b"article,id,kind,claim,alias\n1,f,point,c,d\n")], csv),
        ("CSV: a weight that is none", &[articles, ("f.csv", b"article,id,kind,claim,weight\n1,f,point,c,heavy\n")], csv),
        ("CSV: a truth that is none", &[articles, ("f.csv", b"article,id,kind,claim,must\n1,f,point,c,maybe\n")], csv),
        ("JSONL: no article", &[articles, ("f.jsonl", b"{\"id\": \"f\", \"kind\": \"point\", \"claim\": \"c\"}\n")], lines),
        ("JSONL: a negative weight", &[articles, ("f.jsonl", b"{\"article\": 1, \"id\": 1, \"kind\": \"point\", \"claim\": \"c\", \"weight\": -1}\n")], lines),
    ]));
}

#[test]
fn encodings() {
    let big5 = encoding_rs::BIG5
        .encode("id,source\n1,第一篇\n2,今天氣象局說，颱風明天將接近台灣東部，各地學校與公司都應注意。\n")
        .0;
    let gb18030 = encoding_rs::GB18030
        .encode("id,source\n1,气象局说，台风明天将接近东部，各地学校和公司都应注意，市民不要外出。\n")
        .0;
    let western =
        encoding_rs::WINDOWS_1252.encode("id,source\n1,The caf\u{e9}\u{2019}s owner said \u{201c}no\u{201d}.\n").0;
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("id,source\n1,abc\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let table = "articles = \"a.csv\"";
    insta::assert_snapshot!(messages(&[
        ("Big5 read as UTF-8", &[("a.csv", &big5)], table),
        ("GB18030 read as UTF-8", &[("a.csv", &gb18030)], table),
        (
            "UTF-8 read as Big5",
            &[("a.csv", "id,source\n1,a\n2,氣象局說，颱風明天將接近\n".as_bytes())],
            "articles = \"a.csv\"\nencoding = \"big5\""
        ),
        (
            "UTF-8 read as GB18030",
            &[("a.csv", "id,source\n1,颱風接近\n".as_bytes())],
            "articles = \"a.csv\"\nencoding = \"gb18030\"",
        ),
        (
            "UTF-8 read as windows-1252",
            &[("a.csv", "id,source\n1,The café’s “no”.\n".as_bytes())],
            "articles = \"a.csv\"\nencoding = \"latin1\"",
        ),
        ("windows-1252 read as UTF-8", &[("a.csv", &western)], table),
        ("UTF-16 read as UTF-8", &[("a.csv", &utf16)], table),
        ("noise read as UTF-8", &[("a.csv", b"id,source\n1,a\n2,\xff\x00\xfe\x81 \xf8\n")], table),
        ("a character cut off at the end", &[("a.csv", b"id,source\n1,a\n2,\xe4\xb8")], table),
    ]));
}
