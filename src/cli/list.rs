//! `epitome list`: what there is to choose from.

use std::io::Write;

use clap::{Args, ValueEnum};
use epitome::text::token::{TOKENIZERS, Tokenizer, Tokens};
use epitome::{backend, config, fact, metric};
use owo_colors::OwoColorize;
use serde_json::{Value, json};

use super::render::TableFormat;
use super::{Exit, Global};

/// List what a suite can name, and what verdicts mean: metrics, backends, tokenizers, facts, defaults
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  epitome list metrics")]
pub struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    what: What,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Metrics, with the paper or program that defines each
    Metrics,
    /// Kinds of summarizer, with an example each
    Backends,
    /// Tokenizers, with an example each
    Tokenizers,
    /// Verdicts on facts and figures and the classes of error, with an example each
    Facts,
    /// What holds where a suite says nothing
    Defaults,
}

/// Carries the command out.
pub fn run(args: &ListArgs, _global: &Global) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout().lock();
    let entries = match args.what {
        What::Metrics => metrics(),
        What::Backends => backends(),
        What::Tokenizers => tokenizers(),
        What::Facts => facts(),
        What::Defaults => {
            write!(out, "{}", config::plan::DEFAULTS)?;
            return Ok(Exit::Done);
        }
    };
    if args.format == TableFormat::Json {
        serde_json::to_writer_pretty(&mut out, &entries.iter().map(Entry::json).collect::<Vec<_>>())?;
        writeln!(out)?;
        return Ok(Exit::Done);
    }
    for (i, entry) in entries.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", entry.name.bold())?;
        writeln!(out, "  {}", entry.about)?;
        writeln!(out, "  {}", entry.source.dimmed())?;
        for line in entry.example.lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(Exit::Done)
}

/// One thing to choose.
struct Entry {
    name: String,
    about: &'static str,
    source: &'static str,
    example: String,
    /// A tokenizer's examples, each with its tokens.
    cut: Vec<Value>,
}

impl Entry {
    fn json(&self) -> Value {
        let mut entry =
            json!({ "name": self.name, "about": self.about, "source": self.source, "example": self.example });
        if !self.cut.is_empty() {
            entry["examples"] = json!(self.cut);
        }
        entry
    }
}

fn metrics() -> Vec<Entry> {
    let entry = |f: &&metric::Family| Entry {
        name: f.names.join(", "),
        about: f.about,
        source: f.source,
        example: String::new(),
        cut: Vec::new(),
    };
    metric::FAMILIES.iter().map(entry).collect()
}

fn backends() -> Vec<Entry> {
    let entry = |k: &&backend::Kind| Entry {
        name: k.name.to_owned(),
        about: k.about,
        source: k.source,
        example: k.example.to_owned(),
        cut: Vec::new(),
    };
    backend::KINDS.iter().map(entry).collect()
}

fn facts() -> Vec<Entry> {
    let example = |e: &fact::Entry| {
        let claim = if e.claim.is_empty() { String::new() } else { format!("\nclaim:   {}", e.claim) };
        format!("article: {}{claim}\nsummary: {}", e.source, e.summary)
    };
    let of = |e: &fact::Entry| match e.of {
        "fact" => "verdict on a fact",
        "quantity" => "verdict on a figure",
        _ => "class of error of an unsupported figure",
    };
    let entry = |e: &fact::Entry| Entry {
        name: e.name.to_owned(),
        about: e.meaning,
        source: of(e),
        example: example(e),
        cut: Vec::new(),
    };
    fact::ENTRIES.iter().map(entry).collect()
}

fn tokenizers() -> Vec<Entry> {
    let mut buffer = Tokens::default();
    let mut tokens = |tokenizer, text: &str| {
        buffer.fill(tokenizer, text);
        buffer.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let entry = |t: &&'static Tokenizer| {
        let cut: Vec<_> = t.examples.iter().map(|text| (*text, tokens(t, text))).collect();
        let line = |(text, tokens): &(&str, Vec<String>)| format!("{text}  ->  {}", tokens.join(" | "));
        Entry {
            name: t.name.to_owned(),
            about: t.about,
            source: t.source,
            example: cut.iter().map(line).collect::<Vec<_>>().join("\n"),
            cut: cut.iter().map(|(text, tokens)| json!({ "text": text, "tokens": tokens })).collect(),
        }
    };
    TOKENIZERS.iter().map(entry).collect()
}
