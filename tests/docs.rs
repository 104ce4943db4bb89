//! The guide is what the code says: the suite reference is made from the schema, the metrics page from the registry, and
//! every link leads somewhere. `INSTA_UPDATE=always cargo test docs` renews what is made.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use epitome::config::file::SuiteFile;
use epitome::metric::{self, FAMILIES, MetricRequest};
use epitome::model::{Aggregation, Direction, FieldSpec};
use serde_json::Value;

fn guide(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// Holds the part of a page between its marks to what the code says, or renews it.
fn held(page: &str, made: &str) {
    let (open, close) = ("<!-- made -->\n", "<!-- /made -->");
    let text = fs::read_to_string(guide(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
    let (before, rest) = text.split_once(open).unwrap_or_else(|| panic!("{page} has no {open}"));
    let (stands, after) = rest.split_once(close).unwrap_or_else(|| panic!("{page} has no {close}"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(guide(page), format!("{before}{open}{made}{close}{after}")).expect("the page");
        return;
    }
    assert!(stands == made, "docs/{page} is not what the code says; renew it with INSTA_UPDATE=always cargo test docs");
}

/// A text that stands in a table's cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

struct Reference<'a> {
    root: &'a Value,
}

impl<'a> Reference<'a> {
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let target = schema.get("$ref").and_then(Value::as_str);
        let target = target.or_else(|| schema["anyOf"].as_array()?.iter().find_map(|s| s.get("$ref")?.as_str()));
        match target.and_then(|t| t.strip_prefix("#/$defs/")) {
            Some(name) => &self.root["$defs"][name],
            None => schema,
        }
    }

    /// What a value may be, in words.
    fn kind(&self, schema: &'a Value) -> String {
        let schema = self.resolve(schema);
        if let Some(words) = self.words(schema) {
            return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        }
        for several in ["anyOf", "oneOf"] {
            if let Some(kinds) = schema[several].as_array() {
                let mut kinds: Vec<String> = kinds.iter().map(|k| self.kind(k)).filter(|k| k != "nothing").collect();
                kinds.dedup();
                return kinds.join(" or ");
            }
        }
        let one = |name: &str| match name {
            "string" => "text".to_owned(),
            "integer" => "a whole number".to_owned(),
            "number" => "a number".to_owned(),
            "boolean" => "true or false".to_owned(),
            "array" => match schema.get("items") {
                Some(items) => format!("a list of {}", self.kind(items)),
                None => "a list".to_owned(),
            },
            "object" => "a table".to_owned(),
            _ => "nothing".to_owned(),
        };
        match &schema["type"] {
            Value::String(name) => one(name),
            Value::Array(names) => {
                let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
                names.map(one).collect::<Vec<_>>().join(" or ")
            }
            _ => "anything".to_owned(),
        }
    }

    /// The words that a value is one of.
    fn words(&self, schema: &'a Value) -> Option<Vec<&'a str>> {
        if let Some(words) = schema["enum"].as_array() {
            return Some(words.iter().filter_map(Value::as_str).collect());
        }
        schema["oneOf"].as_array()?.iter().map(|one| one["const"].as_str()).collect()
    }

    fn keys(&self, out: &mut String, schema: &'a Value) {
        let Some(keys) = schema["properties"].as_object() else { return };
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        out.push_str("| key | takes | default | what it is |\n| --- | --- | --- | --- |\n");
        for (key, of) in keys {
            let default = match &of["default"] {
                _ if required.contains(&key.as_str()) => "required".to_owned(),
                Value::Null => String::new(),
                default => format!("`{default}`"),
            };
            let about =
                of["description"].as_str().or_else(|| self.resolve(of)["description"].as_str()).unwrap_or_default();
            let _ = writeln!(out, "| `{key}` | {} | {} | {} |", cell(&self.kind(of)), cell(&default), cell(about));
        }
        out.push('\n');
    }
}

#[test]
fn the_suite_reference_is_the_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(SuiteFile)).expect("a schema");
    let reference = Reference { root: &schema };
    let mut made = String::new();
    let sections = schema["properties"].as_object().expect("sections");
    let (tables, plain): (Vec<_>, Vec<_>) = sections.iter().partition(|(_, of)| {
        let resolved = reference.resolve(of);
        resolved["properties"].is_object() || of["items"].is_object()
    });
    for (key, of) in plain {
        let _ = writeln!(made, "`{key}`: {}\n", of["description"].as_str().unwrap_or_default());
    }
    for (name, of) in tables {
        let (title, inner) = match of.get("items") {
            Some(items) => (format!("[[{name}]]"), reference.resolve(items)),
            None => (format!("[{name}]"), reference.resolve(of)),
        };
        let about = of["description"].as_str().unwrap_or_default();
        let _ = writeln!(made, "## `{title}`\n\n{about}\n");
        reference.keys(&mut made, inner);
    }
    assert!(made.contains("## `[[system]]`") && made.contains("| `articles` |"), "{made}");
    held("suite.md", &made);
}

fn field(spec: &FieldSpec, headline: bool) -> String {
    let way = match spec.direction {
        Direction::Higher => "↑",
        Direction::Lower => "↓",
        Direction::Neutral => "·",
    };
    let end = |end: Option<f64>| end.map_or("…".to_owned(), |end| end.to_string());
    let name = if headline { format!("**{}**", spec.name) } else { spec.name.clone() };
    format!("{name} {way} {} to {}", end(spec.range.0), end(spec.range.1))
}

#[test]
fn the_metrics_page_is_the_registry() {
    let mut made = String::new();
    for family in FAMILIES {
        let _ = writeln!(made, "## {}\n\n{}. Defined by: {}.\n", family.name, family.about, family.source);
        let names: Vec<String> = family.names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(made, "Names: {}\n", names.join(", "));
        let mut rows = String::new();
        let mut signatures: BTreeMap<String, String> = BTreeMap::new();
        for name in family.names.iter().filter(|name| (family.answers)(name)) {
            let request =
                MetricRequest { uses: (*name).to_owned(), name: (*name).to_owned(), options: toml::Table::new() };
            let Ok(metrics) = metric::build(&[request]) else { continue };
            for spec in metrics.iter().flat_map(|m| m.specs()) {
                let fields: Vec<String> =
                    spec.fields.iter().enumerate().map(|(at, f)| field(f, spec.headline == Some(at))).collect();
                let pooled = match spec.aggregation {
                    Aggregation::Mean => "mean over articles",
                    Aggregation::Pooled => "pooled",
                };
                let _ = writeln!(rows, "| `{}` | {} | {pooled} |", spec.name, fields.join("<br>"));
                for stratum in &spec.strata {
                    let of = if stratum.name.is_empty() {
                        spec.name.clone()
                    } else {
                        format!("{} {}", spec.name, stratum.name)
                    };
                    signatures.insert(of, stratum.signature.to_string());
                }
            }
        }
        if !rows.is_empty() {
            let _ = writeln!(made, "| metric | fields | of a corpus |\n| --- | --- | --- |\n{rows}");
        }
        if !signatures.is_empty() {
            made.push_str("<details><summary>Signatures</summary>\n\n");
            for (of, signature) in signatures {
                let _ = writeln!(made, "- {of}: `{signature}`");
            }
            made.push_str("\n</details>\n\n");
        }
    }
    held("metrics.md", &made);
}

#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = pages.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push(root.join("README.md"));
    let texts: Vec<String> = pages.iter().map(|page| fs::read_to_string(page).expect("a page")).collect();
    let mut links = 0;
    for (page, text) in pages.iter().zip(&texts) {
        for part in text.split("](").skip(1) {
            let target = part.split([')', '#', ' ']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = page.parent().expect("a folder").join(target);
            assert!(path.exists(), "{} links to {target}, which is not there", page.display());
            links += 1;
        }
        let name = page.file_name().and_then(|name| name.to_str()).expect("a name");
        let named = |text: &String| text.contains(&format!("({name})")) || text.contains(&format!("(docs/{name})"));
        assert!(name == "README.md" || texts.iter().any(named), "no page links to docs/{name}; the index should");
    }
    assert!(links > 10, "{links}");
}
