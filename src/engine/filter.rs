//! Which articles of a dataset a run takes.

use std::collections::HashSet;

use globset::{Glob, GlobMatcher};

use super::EngineError;
use super::shard::Shard;
use crate::config::Plan;
use crate::dataset::{Dataset, Entry};
use crate::stats::rng::Purpose;

/// A choice of articles and systems; the default takes all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    conditions: Vec<Condition>,
    /// At most so many articles of each dataset, the first ones.
    pub limit: Option<usize>,
    /// At most so many articles of each dataset, drawn by the run's seed and the articles' ids.
    pub sample: Option<usize>,
    /// Of what is left, the articles of one shard.
    pub shard: Option<Shard>,
    shown: Vec<String>,
}

/// One `--only`.
#[derive(Debug, Clone)]
struct Condition {
    subject: Subject,
    pattern: GlobMatcher,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Id,
    Dataset,
    Lang,
    Tag,
    Story,
    System,
}

/// An `--only` that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(String);

impl Filter {
    /// Adds a condition: `id=sco-*`, `dataset=`, `lang=zh*`, `tag=`, `story=` or `system=draft@*`, the pattern being a
    /// glob. Conditions on one thing are alternatives; on several things, all must hold.
    pub fn only(&mut self, text: &str) -> Result<(), FilterError> {
        let Some((name, pattern)) = text.split_once('=') else {
            return Err(FilterError(format!(
                "`{text}` says not what to choose by; write `id={text}`, `lang=zh*` or `system=draft@*`"
            )));
        };
        let subject = match name {
            "id" => Subject::Id,
            "dataset" => Subject::Dataset,
            "lang" => Subject::Lang,
            "tag" => Subject::Tag,
            "story" => Subject::Story,
            "system" => Subject::System,
            _ => {
                let known = "id, dataset, lang, tag, story, system";
                return Err(FilterError(format!("`{name}` is nothing to choose by; there are {known}")));
            }
        };
        let glob = Glob::new(pattern).map_err(|error| FilterError(format!("`{pattern}` is no pattern: {error}")))?;
        self.conditions.push(Condition { subject, pattern: glob.compile_matcher() });
        self.shown.push(format!("{name}={pattern}"));
        Ok(())
    }

    /// Whether any article or system may be left out.
    pub fn is_active(&self) -> bool {
        !self.conditions.is_empty() || self.limit.is_some() || self.sample.is_some() || self.shard.is_some()
    }

    /// The same choice before it is divided into shards.
    #[must_use]
    pub fn whole(&self) -> Filter {
        Filter { shard: None, ..self.clone() }
    }

    /// The choice in words, for the record.
    pub fn describe(&self) -> String {
        let limits = [("limit", self.limit), ("sample", self.sample)];
        let limits = limits.iter().filter_map(|(name, n)| n.map(|n| format!("{name}={n}")));
        let shard = self.shard.map(|shard| format!("shard={shard}"));
        self.shown.iter().cloned().chain(limits).chain(shard).collect::<Vec<_>>().join(" ")
    }

    fn holds<'a>(&self, subject: Subject, values: impl Iterator<Item = &'a str> + Clone) -> bool {
        let mut of = self.conditions.iter().filter(|c| c.subject == subject).peekable();
        of.peek().is_none() || of.any(|c| values.clone().any(|value| c.pattern.is_match(value)))
    }

    /// Whether a system is taken.
    pub fn takes_system(&self, id: &str) -> bool {
        self.holds(Subject::System, std::iter::once(id))
    }

    /// Whether an item is taken, of which no more is known than this; conditions on anything else take nothing.
    pub fn takes_item(&self, dataset: &str, id: &str, system: &str) -> bool {
        let known = |c: &Condition| matches!(c.subject, Subject::Id | Subject::Dataset | Subject::System);
        self.conditions.iter().all(known)
            && self.holds(Subject::Dataset, std::iter::once(dataset))
            && self.holds(Subject::Id, std::iter::once(id))
            && self.takes_system(system)
    }

    fn takes(&self, dataset: &str, entry: &Entry) -> bool {
        let article = &entry.article;
        self.holds(Subject::Dataset, std::iter::once(dataset))
            && self.holds(Subject::Id, std::iter::once(article.id.as_str()))
            && self.holds(Subject::Lang, article.lang.iter().map(|l| l.as_str()))
            && self.holds(Subject::Tag, article.tags.iter().map(String::as_str))
            && self.holds(Subject::Story, article.story.iter().map(String::as_str))
    }

    /// The ids taken of a dataset; `None` for all. One pass over the articles where anything is to be left out.
    pub(super) fn choose(&self, plan: &Plan, name: &str, dataset: &Dataset) -> Result<Option<Chosen>, EngineError> {
        let articles = self.conditions.iter().any(|c| c.subject != Subject::System);
        if !articles && self.limit.is_none() && self.sample.is_none() && self.shard.is_none() {
            return Ok(None);
        }
        let mut ids: Vec<(String, u64)> = Vec::new();
        for entry in dataset.entries()? {
            let entry = entry?;
            if self.takes(name, &entry) {
                ids.push((entry.article.id, entry.references.len() as u64));
            }
        }
        if let Some(sample) = self.sample {
            // By a hash of the id, so that other articles coming or going change little.
            let draw = |id: &str| Purpose::new(plan.seed, &format!("filter/{name}/{id}")).number(0);
            ids.sort_by_cached_key(|(id, _)| draw(id));
            ids.truncate(sample);
        }
        ids.truncate(self.limit.unwrap_or(usize::MAX));
        let has_references = ids.iter().any(|(_, references)| *references > 0);
        ids.retain(|(id, _)| self.shard.is_none_or(|shard| shard.takes(name, id)));
        let references = ids.iter().map(|(_, references)| references).sum();
        Ok(Some(Chosen { has_references, references, ids: ids.into_iter().map(|(id, _)| id).collect() }))
    }
}

/// The articles taken of a dataset.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Their ids.
    pub ids: HashSet<String>,
    /// The number of their references.
    pub references: u64,
    /// Whether any has a reference, those of other shards among them.
    pub has_references: bool,
}

/// A dataset's articles, as far as a run takes them.
pub(super) struct Part<'a> {
    dataset: &'a Dataset,
    chosen: Option<Chosen>,
}

impl<'a> Part<'a> {
    pub fn new(plan: &Plan, filter: &Filter, name: &str, dataset: &'a Dataset) -> Result<Self, EngineError> {
        Ok(Part { dataset, chosen: filter.choose(plan, name, dataset)? })
    }

    /// The number of articles taken.
    pub fn articles(&self) -> u64 {
        self.chosen.as_ref().map_or(self.dataset.summary().articles, |chosen| chosen.ids.len() as u64)
    }

    /// The number of their references.
    pub fn references(&self) -> u64 {
        self.chosen.as_ref().map_or(self.dataset.summary().references, |chosen| chosen.references)
    }

    /// Whether any article taken has a reference. All shards of a run say the same.
    pub fn has_references(&self) -> bool {
        self.chosen.as_ref().map_or(self.dataset.summary().references > 0, |chosen| chosen.has_references)
    }

    /// The articles taken, in file order.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry, EngineError>> + Send + '_, EngineError> {
        let entries = self.dataset.entries()?.map(|entry| entry.map_err(EngineError::from));
        Ok(entries.filter(|entry| match (entry, &self.chosen) {
            (Ok(entry), Some(chosen)) => chosen.ids.contains(&entry.article.id),
            _ => true,
        }))
    }
}
