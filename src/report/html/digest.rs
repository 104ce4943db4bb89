//! What the overview needs of an article: how each system stands on it.

use sha2::{Digest as _, Sha256};

use super::super::Report;
use crate::model::record::{ItemRecord, SystemKind};
use crate::model::{Support, Verdict};

/// One article.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// The dataset's name.
    pub dataset: String,
    /// The article's id.
    pub id: String,
    /// Its title, where it is at hand.
    pub title: Option<String>,
    /// Its language, where it is at hand; else that of an output.
    pub lang: Option<String>,
    /// The anchor of its section: of dataset and id alone, so that links last.
    pub anchor: String,
    /// The page its section is on; `None` for the file itself.
    pub page: Option<String>,
    /// How bad the outputs of the systems under test are on it, for sorting.
    pub badness: f64,
    /// One a system of the run, in record order.
    pub standings: Vec<Option<Standing>>,
    /// The facts, in the order of the checklist.
    pub facts: Vec<FactRow>,
}

/// How a system stands on an article; of several samples the sums.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Facts covered.
    pub covered: u32,
    /// Facts missing.
    pub missing: u32,
    /// Facts contradicted.
    pub contradicted: u32,
    /// Figures without support.
    pub unsupported: u32,
    /// Items without an output.
    pub failed: u32,
    /// The ranking figure, where it was scored; of several samples the mean.
    pub score: Option<f64>,
    /// Samples scored.
    scored: u32,
}

/// A fact across systems.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRow {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: Option<String>,
    /// Its claim; empty where texts are left out.
    pub claim: String,
    /// Whether no acceptable summary leaves it out.
    pub must: bool,
    /// Whether it counts in no figure.
    pub draft: bool,
    /// Verdicts over a system's samples, one a system of the run.
    pub verdicts: Vec<Option<Verdicts>>,
}

/// Verdicts of one system's samples (or annotators) on a fact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// In how many it is covered.
    pub covered: u32,
    /// In how many it is missing.
    pub missing: u32,
    /// In how many it is contradicted.
    pub contradicted: u32,
}

impl Verdicts {
    /// How many there are.
    pub fn all(self) -> u32 {
        self.covered + self.missing + self.contradicted
    }

    /// The worst of them.
    pub fn worst(self) -> Verdict {
        match self {
            Verdicts { contradicted: 1.., .. } => Verdict::Contradicted,
            Verdicts { missing: 1.., .. } => Verdict::Missing,
            _ => Verdict::Covered,
        }
    }
}

impl Digest {
    /// Sums up the items of an article.
    pub fn of(report: &Report<'_>, items: &[ItemRecord]) -> Digest {
        let run = report.run;
        let (dataset, id) = items.first().map(|item| (&item.key.dataset, &item.key.id)).unzip();
        let (dataset, id) = (dataset.cloned().unwrap_or_default(), id.cloned().unwrap_or_default());
        let redacted = report.options.redact.datasets(run).contains(dataset.as_str());
        let article = report.beside.article(&dataset, &id).filter(|_| !redacted);
        let spoken = || items.iter().find_map(|item| item.lang.clone());
        let mut digest = Digest {
            title: article.and_then(|a| a.title.clone()),
            lang: article.and_then(|a| a.lang.clone()).or_else(spoken).map(|lang| lang.to_string()),
            anchor: anchor(&dataset, &id),
            page: None,
            badness: 0.0,
            standings: vec![None; run.systems.len()],
            facts: Vec::new(),
            dataset,
            id,
        };
        for item in items {
            let Some(at) = run.systems.iter().position(|s| s.id == item.key.system) else { continue };
            digest.stand(at, report, item);
            digest.judge(at, run.systems.len(), item, redacted);
        }
        digest.badness = digest.bad(report);
        digest
    }

    /// What ties together all that is said of a fact in this article, by its id as lists of a view name it.
    pub fn row(&self, fact: &str) -> Option<String> {
        let row = self.facts.iter().position(|row| row.id == fact || super::super::clean::clip(&row.id, 80) == fact);
        row.map(|at| format!("f{at}"))
    }

    fn stand(&mut self, at: usize, report: &Report<'_>, item: &ItemRecord) {
        let standing = self.standings[at].get_or_insert_default();
        for fact in item.facts.iter().flatten().filter(|f| !f.draft) {
            match fact.judgement.verdict {
                Verdict::Covered => standing.covered += 1,
                Verdict::Missing => standing.missing += 1,
                Verdict::Contradicted => standing.contradicted += 1,
            }
        }
        let unsupported = item.quantities.iter().flatten().filter(|q| q.verdict == Support::Unsupported).count();
        standing.unsupported += u32::try_from(unsupported).unwrap_or(u32::MAX);
        standing.failed += u32::from(item.failure.is_some());
        let column = report.view.table.columns.iter().find(|c| Some(&c.label) == report.view.table.ranked_by.as_ref());
        let score = column.and_then(|c| item.scores.get(&c.metric)?.as_ref()?.get(&c.field).copied());
        if let Some(score) = score {
            let before = standing.score.unwrap_or(0.0) * f64::from(standing.scored);
            standing.scored += 1;
            standing.score = Some((before + score) / f64::from(standing.scored));
        }
    }

    fn judge(&mut self, at: usize, systems: usize, item: &ItemRecord, redacted: bool) {
        for fact in item.facts.iter().flatten() {
            let id = &fact.judgement.id;
            let row = match self.facts.iter().position(|row| row.id == *id) {
                Some(row) => row,
                None => {
                    self.facts.push(FactRow {
                        id: id.clone(),
                        group: fact.group.clone(),
                        claim: if redacted { String::new() } else { fact.claim.clone() },
                        must: fact.must,
                        draft: fact.draft,
                        verdicts: vec![None; systems],
                    });
                    self.facts.len() - 1
                }
            };
            let verdicts = self.facts[row].verdicts[at].get_or_insert_default();
            match fact.judgement.verdict {
                Verdict::Covered => verdicts.covered += 1,
                Verdict::Missing => verdicts.missing += 1,
                Verdict::Contradicted => verdicts.contradicted += 1,
            }
        }
    }

    /// The mean over the systems under test of what went wrong, by how bad it is.
    fn bad(&self, report: &Report<'_>) -> f64 {
        let systems = &report.run.systems;
        let candidates = || (0..systems.len()).filter(|at| systems[*at].kind == SystemKind::Candidate);
        let (mut sum, mut n) = (0.0, 0.0);
        for at in candidates() {
            let Some(standing) = &self.standings[at] else { continue };
            let must = |verdict| {
                let of =
                    |row: &&FactRow| row.must && !row.draft && row.verdicts[at].is_some_and(|v| v.worst() == verdict);
                f64::from(u32::try_from(self.facts.iter().filter(of).count()).unwrap_or(u32::MAX))
            };
            sum += 8.0 * f64::from(standing.failed)
                + 4.0 * (f64::from(standing.contradicted) + must(Verdict::Contradicted))
                + 2.0 * f64::from(standing.unsupported)
                + f64::from(standing.missing)
                + must(Verdict::Missing);
            n += 1.0;
        }
        if n > 0.0 { sum / n } else { 0.0 }
    }
}

/// An anchor that is the same in every report.
fn anchor(dataset: &str, id: &str) -> String {
    let hash = Sha256::new().chain_update(dataset).chain_update([0]).chain_update(id).finalize();
    let hex: String = hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    format!("a-{hex}")
}
