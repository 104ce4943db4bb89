//! `epitome score`: given texts, scored in constant memory, answered in input order.

mod input;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use epitome::engine::aggregate::{Observations, Row};
use epitome::metric::pair::{Pair, PairScorer, PairSession};
use epitome::metric::{FAMILIES, MetricRequest};
use epitome::stats::interval::Options;
use rayon::prelude::*;

use super::explain::{self, ExplainFormat};
use super::{Exit, Global, output};
use input::{Aligned, Batch, Output};

/// Score given texts
#[derive(Debug, Args)]
#[command(after_help = "A line of PAIRS: {\"id\"?, \"candidate\", \"references\": […] or \"reference\", \"source\"?, \
    \"facts\"?, \"lang\"?, \"date\"?}\n\nExamples:\n  \
    epitome score pairs.jsonl --metrics rouge1,rougeL --stem --out scores.jsonl\n  \
    epitome score --candidates system.txt --references ref-a.txt ref-b.txt --aggregate\n  \
    zcat pairs.jsonl.gz | epitome score - --metrics rouge2 > scores.jsonl")]
pub struct ScoreArgs {
    /// Pairs, one JSON object a line; `-` is stdin; .gz and .zst are read as such
    #[arg(required_unless_present = "candidates")]
    pairs: Option<PathBuf>,
    /// Candidates, one a line, in place of PAIRS
    #[arg(long, value_name = "FILE", requires = "references", conflicts_with = "pairs")]
    candidates: Option<PathBuf>,
    /// Their references, one a line, one or more files
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "candidates")]
    references: Vec<PathBuf>,
    /// The metrics, by name (`epitome list metrics`)
    #[arg(long, value_name = "A,B", value_delimiter = ',', default_value = "rouge1,rouge2,rougeL,rougeLsum")]
    metrics: Vec<String>,
    /// ROUGE's tokenizer (`epitome list tokenizers`) [default: by the reference's language]
    #[arg(long, value_name = "T")]
    tokenizer: Option<String>,
    /// ROUGE on Porter's stems of English words
    #[arg(long)]
    stem: bool,
    /// Fold Traditional onto Simplified before comparing
    #[arg(long)]
    fold: bool,
    /// What to do with pairs that lose over 5 % of their letters and digits in tokenizing
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    lossy: Lossy,
    /// The language of references and sources where a line does not say [default: detected]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Where the answers go; .gz and .zst are compressed [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One object for all pairs: mean, 95 % interval, n and signature of each metric
    #[arg(long)]
    aggregate: bool,
    /// In place of scores, the tokens, matches and arithmetic behind them: `text`, or `json` a line a pair
    #[arg(long, value_name = "FORMAT", value_enum, num_args = 0..=1, require_equals = true,
        default_missing_value = "text", conflicts_with = "aggregate")]
    explain: Option<ExplainFormat>,
    /// Pass over broken lines, list them on stderr, and exit with 2 in the end
    #[arg(long)]
    keep_going: bool,
}

/// What becomes of pairs that the tokenizer loses too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lossy {
    /// Not applicable
    Refuse,
    /// Scored all the same
    Allow,
}

/// Options of the command line that a family takes as its own.
const TAKES: &[(&str, &[&str])] = &[
    ("rouge", &["tokenizer", "stem", "fold", "lossy"]),
    ("rouge155", &["stem", "lossy"]),
    ("bleu", &["fold", "lossy"]),
    ("chrf", &["fold"]),
    ("ter", &["fold"]),
    ("meteor", &["fold", "lossy"]),
    ("fragments", &["fold", "lossy"]),
];

/// N-grams of an order that an explanation shows as text; `json` has all.
const SHOWN: usize = 50;

/// Lines that one thread takes at a time.
const LINES_A_JOB: usize = 32;

/// Scores the pairs.
pub fn run(args: &ScoreArgs, global: &Global) -> anyhow::Result<Exit> {
    let scorer = PairScorer::new(&requests(args, global)?)?;
    let shape = args.aggregate.then(|| Observations::new(&scorer));
    let mut source = match (&args.pairs, &args.candidates) {
        (Some(pairs), _) => Aligned::json(pairs)?,
        (None, Some(candidates)) => Aligned::plain(std::iter::once(candidates).chain(&args.references).cloned())?,
        (None, None) => bail!("nothing to score: give PAIRS, or --candidates and --references"),
    };
    let (mut batch, mut next) = (Batch::default(), Batch::default());
    source.fill(&mut batch)?;
    let names = (0..1 + args.references.len()).map(|file| source.name(file).to_owned()).collect();
    let sessions = (0..rayon::current_num_threads()).map(|_| Mutex::new(None)).collect();
    let scoring = Scoring { args, names, scorer: &scorer, shape: shape.as_ref(), sessions };
    let mut answer = Answer {
        table: args.aggregate.then(|| Observations::new(&scorer)),
        out: Output::open(args.out.as_deref())?,
        broken: 0,
    };
    let mut done = Vec::new();
    loop {
        // While a batch is scored, the next is read and the answers to the last are written.
        let last = std::mem::take(&mut done);
        let (read, (taken, scored)) =
            rayon::join(|| source.fill(&mut next), || rayon::join(|| answer.take(last), || scoring.score(&batch)));
        if let Some(message) = taken? {
            answer.out.finish().context("cannot write the answers")?;
            bail!("{message}\n--keep-going passes over broken lines");
        }
        if batch.len() == 0 {
            return answer.finish(global);
        }
        done = scored;
        read?;
        std::mem::swap(&mut batch, &mut next);
    }
}

/// Metrics as asked for on the command line.
fn requests(args: &ScoreArgs, global: &Global) -> anyhow::Result<Vec<MetricRequest>> {
    let mut given = toml::Table::new();
    if let Some(tokenizer) = &args.tokenizer {
        given.insert("tokenizer".to_owned(), tokenizer.as_str().into());
    }
    for (name, set) in [("stem", args.stem), ("fold", args.fold)] {
        if set {
            given.insert(name.to_owned(), true.into());
        }
    }
    if args.lossy == Lossy::Allow {
        given.insert("lossy".to_owned(), "allow".into());
    }
    let mut requests: Vec<MetricRequest> = Vec::new();
    for name in &args.metrics {
        let name = name.trim();
        if requests.iter().any(|request| request.name == name) {
            bail!("--metrics names `{name}` twice");
        }
        requests.push(MetricRequest::plain(name));
    }
    for option in apply(&given, &mut requests) {
        if !global.quiet {
            output::warning(&format!("--{option} has no effect: none of the metrics takes it"));
        }
    }
    Ok(requests)
}

/// Gives options to all requests that take them, and names those that none takes.
pub fn apply(given: &toml::Table, requests: &mut [MetricRequest]) -> Vec<String> {
    let mut heard = Vec::new();
    for request in &mut *requests {
        let family = FAMILIES.iter().find(|family| (family.answers)(&request.uses)).map(|family| family.name);
        // W, S and SU have the tokenizer of their profile.
        let profile = ["rougeW", "rougeS"].iter().any(|name| request.uses.starts_with(name));
        let family = if profile { Some("rouge155") } else { family };
        let takes = TAKES.iter().find(|(takes, _)| Some(*takes) == family).map_or(&[][..], |(_, options)| options);
        for (key, value) in given.iter().filter(|(key, _)| takes.contains(&key.as_str())) {
            // What a request says itself stands.
            request.options.entry(key.clone()).or_insert_with(|| value.clone());
            heard.push(key.clone());
        }
    }
    given.keys().filter(|option| !heard.contains(option)).cloned().collect()
}

/// What came of a few lines: their answers, or their rows, and the lines that were broken.
#[derive(Default)]
struct Done {
    lines: Vec<u8>,
    rows: Vec<Row>,
    broken: Vec<String>,
    /// Whether to stop after these.
    stop: bool,
}

/// What all threads score with.
struct Scoring<'a> {
    args: &'a ScoreArgs,
    /// What the files are called in errors.
    names: Vec<String>,
    scorer: &'a PairScorer,
    /// What rows are taken of, where these are wanted in place of answers.
    shape: Option<&'a Observations<'a>>,
    /// Each thread's session, so that what it keeps stays near the core that uses it.
    sessions: Vec<Mutex<Option<PairSession<'a>>>>,
}

impl<'a> Scoring<'a> {
    fn score(&self, batch: &Batch) -> Vec<Done> {
        let jobs = batch.len().div_ceil(LINES_A_JOB);
        (0..jobs).into_par_iter().map(|job| self.job(batch, job * LINES_A_JOB)).collect()
    }

    fn job(&self, batch: &Batch, start: usize) -> Done {
        let place = rayon::current_thread_index().and_then(|thread| self.sessions.get(thread));
        let kept = place.and_then(|place| place.lock().ok()?.take());
        let mut session = kept.unwrap_or_else(|| self.scorer.session());
        let mut done = Done::default();
        for index in start..batch.len().min(start + LINES_A_JOB) {
            if let Err((file, message)) = self.line(batch, index, &mut session, &mut done) {
                done.broken.push(format!("{}:{}: {message}", self.names[file], batch.line(index)));
                if !self.args.keep_going {
                    done.stop = true;
                    break;
                }
            }
        }
        if let Some(mut place) = place.and_then(|place| place.lock().ok()) {
            *place = Some(session);
        }
        done
    }

    /// Scores one line and takes up its answer. An error names the file by its index.
    fn line(
        &self,
        batch: &Batch,
        index: usize,
        session: &mut PairSession<'a>,
        done: &mut Done,
    ) -> Result<(), (usize, String)> {
        let mut texts = batch.texts(index);
        let mut pair = if self.args.candidates.is_some() {
            let mut decoded = Vec::new();
            for (file, text) in texts.enumerate() {
                decoded.push(std::str::from_utf8(text).map_err(|error| (file, format!("not UTF-8: {error}")))?);
            }
            Pair::new(decoded[0], decoded[1..].iter().copied())
        } else {
            Pair::read(texts.next().unwrap_or_default()).map_err(|error| (0, error.to_string()))?
        };
        if let (None, Some(lang)) = (&pair.lang, &self.args.lang) {
            pair.lang = Some(lang.as_str().into());
        }
        if let Some(format) = self.args.explain {
            let id = pair.id.as_ref().map_or_else(|| batch.line(index).to_string(), |id| id.as_str().to_owned());
            let explained = session.explain(&pair);
            match format {
                ExplainFormat::Text => {
                    let title = format!("pair {id}");
                    done.lines.extend(explained.iter().flat_map(|e| explain::text(&title, e, SHOWN).into_bytes()));
                }
                ExplainFormat::Json => {
                    let line = explain::json_line(&id, &explained).map_err(|error| (0, error.to_string()))?;
                    done.lines.extend(line);
                }
            }
            return Ok(());
        }
        session.score(&pair);
        match (self.shape, &pair.id) {
            (Some(shape), _) => done.rows.push(shape.row(session.rows())),
            (None, Some(id)) => session.write(id.as_str(), &mut done.lines),
            (None, None) => session.write(&batch.line(index).to_string(), &mut done.lines),
        }
        Ok(())
    }
}

/// What the command answers.
struct Answer<'a> {
    table: Option<Observations<'a>>,
    out: Output,
    broken: u64,
}

impl Answer<'_> {
    /// Takes what a batch came to, in input order. The message of a line that stops the run is the answer.
    fn take(&mut self, batch: Vec<Done>) -> anyhow::Result<Option<String>> {
        for done in batch {
            match &mut self.table {
                Some(table) => done.rows.into_iter().for_each(|row| table.push(row)),
                None => self.out.write_all(&done.lines).context("cannot write the answers")?,
            }
            self.broken += done.broken.len() as u64;
            if done.stop {
                return Ok(done.broken.into_iter().next());
            }
            for message in done.broken {
                output::error(&message);
            }
        }
        Ok(None)
    }

    fn finish(mut self, global: &Global) -> anyhow::Result<Exit> {
        if let Some(table) = &self.table {
            serde_json::to_writer(
                &mut self.out,
                &table.aggregate(global.seed.unwrap_or(1), Options::default().replicates, self.broken),
            )?;
            self.out.write_all(b"\n")?;
        }
        self.out.finish().context("cannot write the answers")?;
        if self.broken > 0 {
            let lines = if self.broken == 1 { "line was" } else { "lines were" };
            output::remark(&format!("{} broken {lines} passed over", self.broken));
            return Ok(Exit::Usage);
        }
        Ok(Exit::Done)
    }
}
