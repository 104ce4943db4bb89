//! The first pass over a dataset's articles: checks, counts, hashes.

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::annotations::Loaded;
use super::columns::ArticleRow;
use super::error::{At, DatasetError, Place, Problem};
use super::hash::Unordered;
use super::spec::Spec;
use super::warning::Warnings;
use crate::model::record::DatasetRecord;
use crate::model::{Lang, Reference};
use crate::text::{html, lang};

/// What is remembered of every article: its place, for an error, and its language, so that detection, which is slow,
/// is not done twice.
#[derive(Debug, Default)]
pub(super) struct Seen {
    articles: HashMap<String, Article>,
    files: Vec<Arc<Path>>,
    languages: Vec<Lang>,
}

#[derive(Debug, Clone, Copy)]
struct Article {
    file: u32,
    /// The line or row; 0 for the file as a whole.
    line: u32,
    language: u16,
}

impl Seen {
    /// An article's language, if there is such an article.
    pub fn language(&self, id: &str) -> Option<&Lang> {
        self.languages.get(usize::from(self.articles.get(id)?.language))
    }
}

/// A pass under way.
pub(super) struct Pass<'a> {
    spec: &'a Spec,
    annotations: &'a Loaded,
    warnings: Warnings,
    seen: Seen,
    sources: Unordered,
    references: Unordered,
    checklists: Unordered,
    summary: DatasetRecord,
}

impl<'a> Pass<'a> {
    pub fn new(spec: &'a Spec, annotations: &'a Loaded, warnings: Warnings) -> Self {
        let summary = DatasetRecord {
            name: spec.name.clone(),
            articles: 0,
            references: 0,
            facts: 0,
            draft_facts: 0,
            languages: BTreeMap::new(),
            source_hash: String::new(),
            reference_hash: String::new(),
            fact_hash: String::new(),
            decision_hash: None,
        };
        Pass {
            spec,
            annotations,
            warnings,
            seen: Seen::default(),
            sources: Unordered::default(),
            references: Unordered::default(),
            checklists: Unordered::default(),
            summary,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.seen.articles.is_empty()
    }

    pub fn has(&self, id: &str) -> bool {
        self.seen.articles.contains_key(id)
    }

    /// Takes the next article in.
    pub fn take(&mut self, row: ArticleRow) -> Result<(), DatasetError> {
        let ArticleRow { place, mut article, references: inline, empty_references } = row;
        let language =
            article.lang.take().or_else(|| self.spec.lang.clone()).unwrap_or_else(|| lang::detect(&article.source));
        self.remember(&article.id, &place, &language)?;
        self.warnings.empty_references(&place, empty_references);
        if article.source.contains(char::REPLACEMENT_CHARACTER) {
            let shown = self.warnings.shown(&place);
            self.warnings.replaced.add(1, || shown);
        }
        if !self.spec.strip_html && html::looks_marked_up(&article.source) {
            let shown = self.warnings.shown(&place);
            self.warnings.markup.add(1, || shown);
        }

        let more = self.annotations.by_article.get(&article.id);
        let references: Vec<&Reference> = inline.iter().chain(more.iter().flat_map(|a| &a.references)).collect();
        let facts = more.map(|a| a.facts.as_slice()).unwrap_or_default();
        if references.is_empty() {
            self.warnings.unreferenced.add(1, || article.id.clone());
        } else {
            add(&mut self.references, &(&article.id, &references), &place)?;
        }
        if !facts.is_empty() {
            add(&mut self.checklists, &(&article.id, facts), &place)?;
        }
        let counting = facts.iter().filter(|fact| fact.counts()).count();
        self.summary.articles += 1;
        self.summary.references += references.len() as u64;
        self.summary.facts += counting as u64;
        self.summary.draft_facts += (facts.len() - counting) as u64;
        *self.summary.languages.entry(language.to_string()).or_default() += 1;
        article.lang = Some(language);
        add(&mut self.sources, &article, &place)
    }

    fn remember(&mut self, id: &str, place: &Place, language: &Lang) -> Result<(), DatasetError> {
        let Seen { articles, files, languages } = &mut self.seen;
        let vacant = match articles.entry(id.to_owned()) {
            MapEntry::Vacant(vacant) => vacant,
            MapEntry::Occupied(occupied) => {
                let Article { file, line, .. } = *occupied.get();
                let at = match (line, place.at) {
                    (0, _) => At::File,
                    (row, At::Row(_)) => At::Row(row.into()),
                    (line, _) => At::Line(line.into()),
                };
                let first = Place { path: files[file as usize].clone(), at };
                return Err(DatasetError::new(place.clone(), Problem::DuplicateId { id: id.to_owned(), first }));
            }
        };
        if files.last().is_none_or(|last| !Arc::ptr_eq(last, &place.path)) {
            files.push(place.path.clone());
        }
        let language = match languages.iter().position(|known| known == language) {
            Some(known) => known,
            None => {
                languages.push(language.clone());
                languages.len() - 1
            }
        };
        let line = match place.at {
            At::File => 0,
            At::Line(line) | At::Column(line, _) | At::Row(line) => line,
        };
        vacant.insert(Article {
            file: u32::try_from(files.len() - 1).unwrap_or(u32::MAX),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            language: u16::try_from(language).unwrap_or(u16::MAX),
        });
        Ok(())
    }

    /// What the pass found: the articles, the record, the warnings.
    pub fn finish(self) -> (Seen, DatasetRecord, Vec<String>) {
        let Pass { mut warnings, mut summary, .. } = self;
        if summary.references == 0 {
            warnings.unreferenced = super::warning::Tally::default();
        }
        summary.source_hash = self.sources.finish();
        summary.reference_hash = self.references.finish();
        summary.fact_hash = self.checklists.finish();
        let lines = warnings.into_lines(summary.articles);
        (self.seen, summary, lines)
    }
}

/// Adds an article's part to a hash. What was read always serializes; if ever not, the place is named.
fn add(hash: &mut Unordered, part: &impl serde::Serialize, place: &Place) -> Result<(), DatasetError> {
    hash.add(part).map_err(|e| DatasetError::new(place.clone(), Problem::Unreadable(e.to_string())))
}
