//! A whole run of the size of CNN/DailyMail's test set: 11,490 articles of some 4,000 characters, generated, with two
//! extractive systems and the four ROUGE metrics.
//!
//! `cargo bench --bench corpus [-- ARTICLES]` prints seconds, articles a second and peak memory. The goal is 60
//! seconds and 1 GiB on two cores.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use epitome::stats::rng::Stream;

const ARTICLES: usize = 11_490;
const CHARACTERS: usize = 4_000;

/// Words that are drawn about as often as English draws its own: the r-th with a chance near 1/r (Zipf).
struct Vocabulary {
    words: Vec<String>,
    harmonic: Vec<f64>,
}

impl Vocabulary {
    fn new(size: usize, stream: &mut Stream) -> Self {
        const SYLLABLES: [&str; 24] = [
            "ba", "ter", "lo", "ing", "mor", "es", "ti", "con", "ra", "del", "pre", "sta", "ni", "ver", "ed", "su",
            "land", "per", "ha", "on", "ch", "ly", "fen", "gar",
        ];
        let words = (0..size).map(|rank| {
            let syllables = 1 + rank.min(3_000) / 1_200 + stream.below(2) as usize;
            (0..syllables).map(|_| SYLLABLES[stream.below(24) as usize]).collect()
        });
        let words = words.collect();
        let harmonic = (1..=size).scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64;
            Some(*sum)
        });
        Vocabulary { words, harmonic: harmonic.collect() }
    }

    fn word(&self, stream: &mut Stream) -> &str {
        let total = self.harmonic.last().copied().unwrap_or(1.0);
        let at = total * f64::from(stream.below(u32::MAX)) / f64::from(u32::MAX);
        &self.words[self.harmonic.partition_point(|sum| *sum < at).min(self.words.len() - 1)]
    }

    fn sentence(&self, into: &mut String, stream: &mut Stream) {
        for i in 0..12 + stream.below(20) {
            let word = self.word(stream);
            if i == 0 {
                into.extend(word.chars().next().into_iter().flat_map(char::to_uppercase));
                into.push_str(&word[1..]);
            } else {
                let _ = write!(into, " {word}");
            }
        }
        into.push_str(". ");
    }
}

fn generate(folder: &Path, articles: usize) {
    let mut stream = Stream::from_seed(1);
    let vocabulary = Vocabulary::new(30_000, &mut stream);
    let mut file = BufWriter::new(File::create(folder.join("articles.jsonl")).expect("a file"));
    for id in 0..articles {
        let mut source = String::new();
        while source.len() < CHARACTERS {
            vocabulary.sentence(&mut source, &mut stream);
        }
        let mut reference = String::new();
        for _ in 0..3 {
            vocabulary.sentence(&mut reference, &mut stream);
        }
        let row = serde_json::json!({ "id": id, "lang": "en", "source": source.trim(), "reference": reference.trim() });
        writeln!(file, "{row}").expect("a line");
    }
    let suite = "version = 1\n[suite]\nname = \"bench\"\nhuman = false\n[[dataset]]\nname = \"news\"\n\
        articles = \"articles.jsonl\"\n[[system]]\nname = \"lead\"\nbackend = \"lead\"\n[[system]]\nname = \"textrank\"\n\
        backend = \"textrank\"\n[metrics]\nuse = [\"rouge1\", \"rouge2\", \"rougeL\", \"rougeLsum\"]\n\
        [report]\nformats = [\"markdown\"]\n";
    fs::write(folder.join("epitome.toml"), suite).expect("a suite");
}

/// The peak resident memory of a process so far, in MiB, where the system tells.
fn peak_memory(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

#[expect(clippy::print_stdout, reason = "a bench speaks")]
fn main() {
    let articles = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(ARTICLES);
    let folder = tempfile::tempdir().expect("a folder");
    generate(folder.path(), articles);
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_epitome"))
        .args(["run", "--quiet"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("epitome starts");
    let mut peak = None;
    let status = loop {
        peak = peak_memory(child.id()).or(peak);
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = began.elapsed().as_secs_f64();
    assert!(status.success(), "epitome ended with {status}");
    let memory = peak.map_or("unknown".to_owned(), |mib| format!("{mib:.0} MiB"));
    println!("{articles} articles: {seconds:.1} s, {:.0} articles/s, peak memory {memory}", articles as f64 / seconds);
}
