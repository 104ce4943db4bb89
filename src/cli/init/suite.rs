//! The suite that `epitome init --from FILE` writes: the mapping made explicit, to be read and corrected.

use std::fmt::Write as _;

use super::from::Understood;

/// The column that comments stand in.
const COMMENT: usize = 34;

/// The suite's text.
pub fn text(understood: &Understood) -> String {
    let Understood { file, spec, guess, dataset, .. } = understood;
    let summary = dataset.summary();
    let mut out = Lines::default();
    out.line(
        "# Evaluates an export; written by `epitome init --from`, and yours to edit. `epitome run` carries it out.",
    );
    out.line("version = 1");
    out.line("");
    out.line("[suite]");
    out.noted(&format!("name = {}", quoted(&spec.name)), &format!("reports go to reports/{}/", spec.name));
    out.line("");
    out.line("[[dataset]]");
    out.line(&format!("name = {}", quoted(&spec.name)));
    out.line(&format!("articles = {}", quoted(&file.to_string_lossy())));
    if let Some(encoding) = &spec.encoding {
        out.noted(&format!("encoding = {}", quoted(encoding)), "a wrong one is worse than an error: look at the rows");
    }
    let fields = fields(understood);
    if !fields.is_empty() {
        out.line(&format!("fields = {{ {fields} }}"));
    }
    if !guess.unread.is_empty() {
        out.line(&format!("# Columns that no field reads: {}.", guess.unread.join(", ").replace(['\n', '\r'], " ")));
    }
    if spec.strip_html {
        out.noted("strip_html = true", "sources, titles and references are HTML");
    }
    match (&spec.date_format, guess.date_formats.as_slice()) {
        (Some(format), _) => out.line(&format!("date_format = {}", quoted(format))),
        (None, []) => {}
        (None, formats) => {
            out.line("# Dates can be read in more ways than one; to have them read, name their column in `fields` and");
            for format in formats {
                out.line(&format!("# date_format = {}", quoted(format)));
            }
        }
    }
    if !guess.roles.iter().any(|(field, _)| *field == "lang") {
        let languages: Vec<String> = summary.languages.iter().map(|(tag, n)| format!("{n} {tag}")).collect();
        let example = if summary.languages.keys().any(|tag| tag.starts_with("zh")) { "zh-TW" } else { "en-GB" };
        let note = format!("the articles' language; detected where left out: {}", languages.join(", "));
        out.noted(&format!("# lang = \"{example}\""), &note);
    }
    if summary.references == 0 {
        out.noted(
            "# references = \"refs.jsonl\"",
            "{\"id\", \"summary\", \"annotator\"} a line; then add rouge1, … below",
        );
    }
    out.noted("# facts = \"facts/\"", "checklists, facts/<id>.toml; then add \"facts\" below");
    for (name, about) in [
        ("lead", "the first sentences: what a summarizer must beat"),
        ("textrank", "the most central sentences"),
        ("random", "any sentences: the floor"),
    ] {
        out.line("");
        out.noted("[[system]]", about);
        out.line(&format!("name = \"{name}\"\nbackend = \"{name}\"\nsentences = 3"));
    }
    out.line("");
    out.noted("# [[system]]", "your own outputs, {\"id\", \"summary\"} a line");
    out.line("# name = \"mine@v1\"\n# backend = \"replay\"\n# outputs = \"outputs/mine-v1.jsonl\"");
    out.line("");
    out.noted("[metrics]", "`epitome list metrics` tells what each one is");
    let rouge = if summary.references > 0 { "\"rouge1\", \"rouge2\", \"rougeL\", " } else { "" };
    out.line(&format!("use = [{rouge}\"grounding\", \"length\", \"compression\", \"script\", \"language\"]"));
    out.0
}

/// The mapping as an inline table's inside.
fn fields(understood: &Understood) -> String {
    let fields = &understood.spec.fields;
    let single = [
        ("id", &fields.id),
        ("source", &fields.source),
        ("title", &fields.title),
        ("date", &fields.date),
        ("lang", &fields.lang),
        ("story", &fields.story),
        ("tags", &fields.tags),
    ];
    let mut parts: Vec<String> = single
        .into_iter()
        .filter_map(|(field, column)| Some(format!("{field} = {}", quoted(column.as_deref()?))))
        .collect();
    if !fields.references.is_empty() {
        let columns: Vec<String> = fields.references.0.iter().map(|column| quoted(column)).collect();
        parts.push(format!("references = [{}]", columns.join(", ")));
    }
    parts.join(", ")
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn noted(&mut self, line: &str, note: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{line:<COMMENT$}# {note}");
    }
}
