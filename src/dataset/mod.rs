//! Datasets: articles with their references and checklists, streamed.
//!
//! [`Dataset::open`] makes one pass over the articles to check, count and hash them (duplicate ids, references without
//! an article, empty sources), and holds references and checklists in memory. [`Dataset::entries`] then streams the
//! articles, so that they never all sit in memory: beside the references, an open dataset holds some 100 bytes an
//! article. Every error names file and line, and what to do.
//!
//! The formats ([`rows::Format`]) are one file each: [`jsonl`], JSON, CSV and TSV, folders of Markdown or plain text,
//! and Parquet with the feature of that name. All but Parquet may be compressed (gzip, zstd).
//!
//! ```
//! use epitome::dataset::{Dataset, Spec};
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("news.jsonl"), r#"{"id": 7, "source": "It rained.", "reference": "Rain."}"#)?;
//!
//! let spec = Spec { name: "news".into(), articles: Some("news.jsonl".into()), ..Spec::default() };
//! let dataset = Dataset::open(&spec, folder.path())?;
//! assert_eq!(dataset.summary().articles, 1);
//! for entry in dataset.entries()? {
//!     let entry = entry?;
//!     assert_eq!(entry.article.id, "7");
//!     assert_eq!(entry.references[0].summary, "Rain.");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotations;
mod columns;
mod date;
mod decisions;
mod decode;
mod delimited;
mod error;
mod folder;
mod guess;
mod hash;
pub mod infer;
mod json;
pub mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod pass;
pub mod rows;
mod spec;
mod warning;

use std::path::{Path, PathBuf};

pub use decisions::WrittenDecision;
pub use decode::{Malformed, Misdeclared, open_text};
pub use error::{At, DatasetError, Place, Problem};
pub use spec::{Columns, Fields, Resolved, Spec, SpecError};

use annotations::Loaded;
use columns::{ArticleRow, Reader, Unseen};
use decisions::Decisions;
use pass::{Pass, Seen};
use warning::Warnings;

use crate::model::record::DatasetRecord;
use crate::model::{Article, Decision, Fact, Reference};

/// The encoding that a file (of a folder, the first) looks like, by its label: a proposal for a person, never acted upon
/// by loading. `None` where nothing fits.
///
/// # Errors
///
/// Where the file cannot be read.
pub fn guess_encoding(path: &Path) -> Result<Option<&'static str>, DatasetError> {
    let files = if path.is_dir() { rows::listing(path)?.0 } else { vec![path.to_owned()] };
    let Some(file) = files.iter().find(|file| rows::Format::of(file).is_some()) else { return Ok(Some("UTF-8")) };
    if rows::Format::of(file) == Some(rows::Format::Parquet) {
        return Ok(Some("UTF-8"));
    }
    Ok(guess::encoding(&decode::sample(file)?).map(encoding_rs::Encoding::name))
}

/// An article with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The article; its language is always known.
    pub article: Article,
    /// Its references, in file order; the language of each is always known.
    pub references: Vec<Reference>,
    /// Its checklist, in file order.
    pub facts: Vec<Fact>,
    /// What people ruled on its outputs, in file order, each with its index in [`Dataset::decisions`].
    pub decisions: Vec<(usize, Decision)>,
}

/// A dataset whose input has been checked as a whole.
#[derive(Debug)]
pub struct Dataset {
    spec: Spec,
    articles: PathBuf,
    annotations: Loaded,
    decisions: Decisions,
    decisions_path: PathBuf,
    root: PathBuf,
    seen: Seen,
    summary: DatasetRecord,
    warnings: Vec<String>,
}

impl Dataset {
    /// Reads a dataset through once: checks and counts its articles, and loads its references and checklists. Paths
    /// are relative to `root`, the suite's folder.
    ///
    /// # Errors
    ///
    /// The first thing that makes the input unusable, with its place.
    pub fn open(spec: &Spec, root: &Path) -> Result<Dataset, DatasetError> {
        let places = spec.resolve(root);
        if let Err(error) = spec.check() {
            let problem = Problem::Spec { dataset: spec.name.clone(), error };
            return Err(DatasetError::new(Place::file(&places.articles), problem));
        }
        if spec.articles.is_none() && !places.articles.is_dir() {
            let problem = Problem::NoDefaultFolder(spec.name.clone());
            return Err(DatasetError::new(Place::file(&places.articles), problem));
        }
        let mut warnings = Warnings::new(root, &spec.name);
        let mut unseen = Unseen::new(&spec.fields);
        let annotations = Loaded::read(spec, &places, &mut unseen, &mut warnings)?;
        let decisions = Decisions::read(spec, root, &places)?;
        let decisions_path = decisions::places_of(spec, root, &places).swap_remove(0);
        if let Ok(Some(declared)) = decode::encoding_of(spec.encoding.as_deref()) {
            for path in [Some(&places.articles), places.references.as_ref()].into_iter().flatten() {
                if path.is_file()
                    && let Some(rather) = guess::rather(declared, &decode::sample(path)?)
                {
                    warnings.encoding(path, declared.name(), rather.name());
                }
            }
        }
        if places.articles.is_dir() {
            for path in folder::unread(&places.articles)? {
                warnings.unread(&path, "a folder of articles holds .md or .txt files, or data files of one format");
            }
        }
        let reader = Reader::new(spec);
        let mut pass = Pass::new(spec, &annotations, warnings);
        for row in rows::open(&places.articles, spec.encoding.as_deref(), &spec.fields)? {
            let row = row?;
            unseen.see(&row);
            pass.take(reader.article(row)?)?;
        }
        if pass.is_empty() {
            return Err(DatasetError::new(Place::file(&places.articles), Problem::NoArticles));
        }
        unseen.check()?;
        annotations.check_articles(|id| pass.has(id))?;
        let (seen, mut summary, warnings) = pass.finish();
        summary.decision_hash = decisions.hash();
        Ok(Dataset {
            spec: spec.clone(),
            articles: places.articles,
            annotations,
            decisions,
            decisions_path,
            root: root.to_owned(),
            seen,
            summary,
            warnings,
        })
    }

    /// The dataset's name.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// What the suite says of it.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Its counts and hashes.
    pub fn summary(&self) -> &DatasetRecord {
        &self.summary
    }

    /// What the reader should know of the input, one line each; paths are relative to the suite's folder.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Where a fact of an article is written down.
    pub fn fact_place(&self, article: &str, fact: &str) -> Option<&Place> {
        self.annotations.fact_place(article, fact)
    }

    /// What people ruled in place of the matcher, in file order; of several on one matter the last.
    pub fn decisions(&self) -> &[WrittenDecision] {
        &self.decisions.all
    }

    /// The file that new decisions are appended to, whether it is there or not.
    pub fn decisions_path(&self) -> &Path {
        &self.decisions_path
    }

    /// A place as it reads from the suite's folder, wherever that lies.
    pub fn shown(&self, place: &Place) -> String {
        place.relative_to(&self.root).to_string()
    }

    /// Whether there is an article of an id.
    pub fn has_article(&self, id: &str) -> bool {
        self.seen.language(id).is_some()
    }

    /// Streams the articles with their references and checklists, in file order (a folder's by id).
    ///
    /// # Errors
    ///
    /// Where a file cannot be opened, or (as an item) has changed since [`Dataset::open`].
    pub fn entries(&self) -> Result<Entries<'_>, DatasetError> {
        let rows = rows::open(&self.articles, self.spec.encoding.as_deref(), &self.spec.fields)?;
        Ok(Entries { rows, reader: Reader::new(&self.spec), dataset: self })
    }
}

/// A stream of a dataset's articles; see [`Dataset::entries`].
pub struct Entries<'d> {
    rows: rows::Rows,
    reader: Reader<'d>,
    dataset: &'d Dataset,
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let article = self.rows.next()?.and_then(|row| self.reader.article(row));
        Some(article.and_then(|article| self.dataset.entry(article)))
    }
}

impl Dataset {
    /// An article with what belongs to it.
    fn entry(&self, row: ArticleRow) -> Result<Entry, DatasetError> {
        let ArticleRow { place, mut article, mut references, .. } = row;
        let Some(lang) = self.seen.language(&article.id) else {
            return Err(DatasetError::new(place, Problem::Changed));
        };
        let mut facts = Vec::new();
        if let Some(annotations) = self.annotations.by_article.get(&article.id) {
            references.extend_from_slice(&annotations.references);
            facts.clone_from(&annotations.facts);
        }
        for reference in &mut references {
            reference.lang.get_or_insert_with(|| lang.clone());
        }
        article.lang = Some(lang.clone());
        let decisions = self.decisions.of(&article.id);
        Ok(Entry { article, references, facts, decisions })
    }
}

#[cfg(test)]
mod tests;
