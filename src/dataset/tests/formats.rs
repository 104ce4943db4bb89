//! Each format gives the same articles; order and compression change nothing.

use std::io::Write;
use std::path::Path;

use super::{folder, load, loaded};
use crate::dataset::{Dataset, Spec, rows};

const JSONL: &str = concat!(
    "{\"id\": 1, \"source\": \"第一篇。\\n\\n很長。\", \"title\": \"一\", \"lang\": \"zh-TW\", \"tags\": [\"a\", \"b\"], \"date\": \"2025-09-01\"}\n",
    "\n",
    "{\"id\": \"2\", \"source\": \"A second, \\\"longer\\\" one.\", \"lang\": \"en\"}\n",
);

const CSV: &str = "id,source,title,lang,tags,date\n\
    1,\"第一篇。\n\n很長。\",一,zh-TW,a; b,2025-09-01\n\
    2,\"A second, \"\"longer\"\" one.\",,en,,\n";

fn gz(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("packed");
    packed.finish().expect("packed")
}

fn hashes(dataset: &Dataset) -> [String; 3] {
    let summary = dataset.summary().clone();
    [summary.source_hash, summary.reference_hash, summary.fact_hash]
}

#[test]
fn every_format_gives_the_same_articles_and_hashes() {
    let (dataset, entries) = loaded(&[("a.jsonl", JSONL.as_bytes())], "articles = \"a.jsonl\"");
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].article.id, "1");
    assert_eq!(entries[0].article.source, "第一篇。\n\n很長。");
    assert_eq!(entries[0].article.tags, ["a", "b"]);
    assert_eq!(entries[0].article.lang.as_ref().map(|l| l.as_str()), Some("zh-TW"));
    assert_eq!(entries[1].article.source, "A second, \"longer\" one.");
    assert_eq!(dataset.summary().languages, [("en".to_owned(), 1), ("zh-TW".to_owned(), 1)].into());

    let array = format!("[{}]", JSONL.replace("\n\n", ",\n").trim_end());
    let object = format!("{{\"version\": [1, {{\"articles\": 3}}], \"articles\": {array}, \"more\": null}}");
    let markdown =
        "+++\ntitle = \"一\"\nlang = \"zh-TW\"\ntags = [\"a\", \"b\"]\ndate = 2025-09-01\n+++\n\n第一篇。\n\n很長。\n";
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a.csv", CSV.into()),
        ("crlf.csv", CSV.replace('\n', "\r\n").into()),
        ("bom.csv", format!("\u{feff}{CSV}").into()),
        (
            "a.tsv",
            CSV.replace("\"A second, \"", "\"A second\u{0}, \"")
                .replace(',', "\t")
                .replace("second\u{0}\t", "second,")
                .into(),
        ),
        ("a.json", array.clone().into()),
        ("object.json", object.into()),
        ("crlf.jsonl", JSONL.replace('\n', "\r\n").into()),
        ("bom.jsonl", format!("\u{feff}{JSONL}").into()),
        ("a.jsonl.gz", gz(JSONL)),
        ("a.csv.zst", zstd::encode_all(CSV.as_bytes(), 3).expect("packed")),
        ("misnamed.jsonl", gz(JSONL)),
    ];
    for (name, content) in files {
        let (other, read) = loaded(&[(name, &content)], &format!("articles = \"{name}\""));
        assert_eq!(read, entries, "{name}");
        assert_eq!(hashes(&other), hashes(&dataset), "{name}");
    }
    let (other, read) = loaded(
        &[
            ("datasets/d/1.md", markdown.as_bytes()),
            ("datasets/d/2.md", b"+++\nlang = \"en\"\n+++\nA second, \"longer\" one."),
        ],
        "",
    );
    assert_eq!(read, entries);
    assert_eq!(hashes(&other), hashes(&dataset));
}

#[test]
fn hashes_do_not_depend_on_file_order_but_on_content() {
    let lines: Vec<&str> = JSONL.lines().filter(|line| !line.is_empty()).collect();
    let reversed = format!("{}\n{}\n", lines[1], lines[0]);
    let (a, _) = loaded(&[("a.jsonl", JSONL.as_bytes())], "articles = \"a.jsonl\"");
    let (b, entries) = loaded(&[("a.jsonl", reversed.as_bytes())], "articles = \"a.jsonl\"");
    assert_eq!(hashes(&a), hashes(&b));
    assert_eq!(entries[0].article.id, "2", "entries keep the file's order");
    let (c, _) =
        loaded(&[("a.jsonl", JSONL.replace('二', "三").replace("很長", "很短").as_bytes())], "articles = \"a.jsonl\"");
    assert_ne!(hashes(&a)[0], hashes(&c)[0]);
    assert_eq!(hashes(&a)[1], hashes(&c)[1]);
}

#[test]
fn the_bundled_corpus_loads_without_a_warning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["summit", "invented"] {
        let spec = Spec { name: name.to_owned(), ..Spec::default() };
        let (dataset, entries) = load(root, &spec).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(dataset.warnings(), [""; 0]);
        assert!(entries.iter().all(|e| e.references.len() >= 2 && e.facts.len() >= 8), "{name}");
        assert!(entries.is_sorted_by_key(|e| e.article.id.clone()));
    }
}

#[test]
fn columns_are_mapped_and_a_column_of_references_is_an_annotator() {
    let csv = "nid,body,headline,ref_wang,ref_li\n7,Long text.,T,W says.,\n8,Other text.,,W again.,L says.\n";
    let (dataset, entries) = loaded(
        &[("cms.csv", csv.as_bytes())],
        "articles = \"cms.csv\"\nlang = \"en\"\n\
         fields = { id = \"nid\", source = \"body\", title = \"headline\", references = [\"ref_wang\", \"ref_li\"] }",
    );
    let annotators = |i: usize| -> Vec<_> { entries[i].references.iter().map(|r| r.annotator.as_deref()).collect() };
    assert_eq!(annotators(0), [Some("ref_wang")]);
    assert_eq!(annotators(1), [Some("ref_wang"), Some("ref_li")]);
    assert_eq!(entries[0].references[0].lang, entries[0].article.lang);
    assert_eq!(entries[0].article.title.as_deref(), Some("T"));
    assert_eq!(dataset.summary().references, 3);
    assert_eq!(dataset.warnings(), [""; 0]);
}

#[test]
fn references_and_facts_come_from_files_of_their_own() {
    let articles = "{\"id\": 1, \"source\": \"One.\"}\n{\"id\": 2, \"source\": \"Two.\", \"references\": [\"Inline.\", {\"summary\": \"By B.\", \"annotator\": \"b\"}]}\n";
    let references = "{\"id\": 2, \"summary\": \"Two, briefly.\", \"annotator\": \"wang\", \"lang\": \"en-GB\"}\n{\"id\": 1, \"summary\": \"One, briefly.\"}\n";
    let facts = "article,id,kind,claim,must,weight,aliases,claims.zh\n1,f1,quantity,It is one.,true,2,uno; eins,是一\n2,f2,point,It is two.,,,,\n";
    let (dataset, entries) = loaded(
        &[("a.jsonl", articles.as_bytes()), ("refs.jsonl", references.as_bytes()), ("facts.csv", facts.as_bytes())],
        "articles = \"a.jsonl\"\nreferences = \"refs.jsonl\"\nfacts = \"facts.csv\"",
    );
    let summaries: Vec<&str> = entries[1].references.iter().map(|r| r.summary.as_str()).collect();
    assert_eq!(summaries, ["Inline.", "By B.", "Two, briefly."]);
    assert_eq!(entries[1].references[2].lang.as_ref().map(|l| l.as_str()), Some("en-GB"));
    assert_eq!(entries[0].facts[0].aliases, ["uno", "eins"]);
    assert_eq!(entries[0].facts[0].claims["zh"], "是一");
    assert!(entries[0].facts[0].must);
    assert_eq!((entries[0].facts[0].weight, entries[1].facts[0].weight), (2.0, 1.0));
    assert_eq!((dataset.summary().references, dataset.summary().facts), (4, 2));
}

#[test]
fn rows_stream() {
    let broken = [
        ("a.jsonl", "{\"id\": 1}\n{\"id\": 2}\n{\"id\"\n"),
        ("a.json", "[{\"id\": 1}, {\"id\": 2}, {\"id\"]"),
        ("a.csv", "id,source\n1,a\n2,b\n3\n"),
        ("a.tsv", "id\tsource\n1\ta\n2\tb\n3\n"),
    ];
    for (name, content) in broken {
        let folder = folder(&[(name, content.as_bytes())]);
        let read: Vec<bool> = rows::open(&folder.path().join(name), None, &Default::default())
            .expect("opens")
            .map(|row| row.is_ok())
            .collect();
        assert_eq!(read, [true, true, false], "{name}: rows come before what is broken after them is read");
    }
}
