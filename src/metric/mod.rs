//! Metrics: preprocess, sufficient statistics, score.
//!
//! A [`Family`] is a registry entry. Built from options it gives [`Metric`]s, each of which answers for one or
//! more named metrics that share a pass over the text. A metric declares its numbers ([`MetricSpec`]), opens a
//! [`Session`] a thread that observes items into rows, and turns a sum of rows into fields. Resampling and
//! aggregation see rows, never text.

pub mod bleu;
pub mod check;
pub mod chrf;
pub mod explain;
pub mod external;
pub mod facts;
pub mod fragments;
#[cfg(test)]
mod laws;
pub mod length;
pub mod meteor;
mod ngram;
pub mod options;
mod overlap;
pub mod pair;
mod places;
pub mod rouge;
pub mod script;
pub mod ter;

use crate::model::{Article, Fact, FactReport, Lang, MetricSpec, Outcome, Reason, ReasonCode, Reference};

pub use options::{MetricRequest, OptionsError};

/// One output with all that it may be held against.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The text to be scored.
    pub candidate: &'a str,
    /// Its language, as declared by the system or detected.
    pub candidate_lang: Option<&'a Lang>,
    /// The language it should be in: the system's `output_lang`, else the article's. What `language` and `script` are
    /// judged by.
    pub expected_lang: Option<&'a Lang>,
    /// The references it is scored against.
    pub references: &'a [Reference],
    /// The article, where there is one. [`Article::lang`] is the references' language where they name none.
    pub article: Option<&'a Article>,
    /// The article's checklist; empty where there is none.
    pub facts: &'a [Fact],
    /// What [`crate::fact`] said of the candidate; `None` where it was not asked.
    pub report: Option<&'a FactReport>,
    /// What judges outside said of the candidate; `None` where nobody was asked.
    pub given: Option<&'a external::Given>,
}

/// What a session observed of one item for one metric: its stratum, with the row's numbers left in
/// [`Rows::values`].
pub type Observed = Outcome<usize>;

/// The rows that one observation fills: a flat run of numbers, the metrics' columns in order, and for each
/// metric whether its part means anything. Reused from item to item.
#[derive(Debug, Default)]
pub struct Rows {
    /// The columns of all of a [`Metric`]'s specs, one after the other.
    pub values: Vec<f64>,
    /// One a spec: [`Outcome::Scored`] with the index of its stratum, or why not.
    pub observed: Vec<Observed>,
    /// What a reader of the record should know of a score: the spec's index, and a line.
    pub notes: Vec<(usize, String)>,
}

impl Rows {
    /// Empties the rows and makes room for the columns of `specs`, zeroed.
    pub fn reset(&mut self, specs: &[MetricSpec]) {
        self.values.clear();
        self.values.resize(specs.iter().map(|s| s.columns.len()).sum(), 0.0);
        self.observed.clear();
        self.notes.clear();
    }
}

/// One or more named metrics that share a pass over the text.
pub trait Metric: Send + Sync {
    /// What the metrics declare, in the order of their columns.
    fn specs(&self) -> &[MetricSpec];

    /// Opens the state that one thread observes with: buffers, caches.
    fn session(&self) -> Box<dyn Session + '_>;

    /// Turns the sum of `n` rows of the spec with index `spec` into its fields (`fields.len()` numbers). For
    /// [`crate::model::Aggregation::Mean`] that is the sum divided by n; for pooled metrics the score of the
    /// counts. `None` where the counts define no score.
    fn fields(&self, spec: usize, sum: &[f64], n: f64, fields: &mut [f64]) -> Option<()>;

    /// Turns one item's row into its fields. The same as [`Metric::fields`] of that row alone, but for pooled metrics
    /// whose single texts are scored in another way than a corpus of one (BLEU's effective order).
    fn item_fields(&self, spec: usize, row: &[f64], fields: &mut [f64]) -> Option<()> {
        self.fields(spec, row, 1.0, fields)
    }

    /// The column that is 1 in the rows of items that a field speaks of and 0 in the others, and why it does not speak of
    /// those; `None` for a field that speaks of every scored item. A corpus figure of such a field is over those items
    /// alone, and what no item has is left out.
    fn present(&self, _spec: usize, _field: usize) -> Option<(usize, &'static str)> {
        None
    }

    /// Why one item's row has no value for a field, where it has none.
    fn absent(&self, spec: usize, field: usize, row: &[f64]) -> Option<Reason> {
        let (column, why) = self.present(spec, field)?;
        (row.get(column).copied() == Some(0.0)).then(|| Reason::new(ReasonCode::NothingToScore, why))
    }

    /// What stands behind the score of an item that [`Session::observe`] scored. `None` where the metric has nothing to
    /// show beside its row.
    fn explain(&self, _spec: usize, _item: &Item<'_>) -> Option<explain::Explanation> {
        None
    }
}

/// A thread's state for a metric; it may move from thread to thread between items.
pub trait Session: Send {
    /// Observes one item. `rows` has been reset by the caller; the session fills `values` and pushes one
    /// outcome a spec to `observed`. A result depends on `item` and shipped data alone.
    fn observe(&mut self, item: &Item<'_>, rows: &mut Rows);
}

/// How a family builds metrics from what is asked of it.
pub type Build = fn(&[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError>;

/// A registry entry: a family of metrics built from options.
pub struct Family {
    /// The family's name.
    pub name: &'static str,
    /// One line on what it measures.
    pub about: &'static str,
    /// The paper or program that defines it.
    pub source: &'static str,
    /// The names it answers to in `use = "…"`, as a list for people; patterns stand as `rougeN`.
    pub names: &'static [&'static str],
    /// Whether it answers to a name.
    pub answers: fn(&str) -> bool,
    /// Builds as few metrics as serve the requests (all of which it answers to).
    pub build: Build,
}

/// Every family, in the order of help, docs and `epitome list metrics`.
pub static FAMILIES: &[&Family] = &[
    &rouge::FAMILY,
    &bleu::FAMILY,
    &chrf::FAMILY,
    &ter::FAMILY,
    &meteor::FAMILY,
    &facts::FAMILY,
    &facts::GROUNDING,
    &fragments::FAMILY,
    &length::FAMILY,
    &script::FAMILY,
    &check::FAMILY,
    &external::FAMILY,
];

/// Builds the metrics of a suite. Columns keep the order of the families, then of the requests. A request may name a
/// field, as gates do (`fragments.density`): it asks for the metric, with all its fields.
pub fn build(requests: &[MetricRequest]) -> Result<Vec<Box<dyn Metric>>, OptionsError> {
    let mut metrics = Vec::new();
    let mut whole: Vec<MetricRequest> = Vec::new();
    for request in requests {
        let request = addressed(request)?;
        if !whole.contains(&request) {
            whole.push(request);
        }
    }
    let requests = &whole;
    for family in FAMILIES {
        let asked: Vec<_> = requests.iter().filter(|r| (family.answers)(&r.uses)).cloned().collect();
        if !asked.is_empty() {
            metrics.extend((family.build)(&asked)?);
        }
    }
    Ok(metrics)
}

/// The request for the metric that a request names, by itself or by one of its fields.
fn addressed(request: &MetricRequest) -> Result<MetricRequest, OptionsError> {
    let family = |name: &str| FAMILIES.iter().find(|family| (family.answers)(name));
    if family(&request.uses).is_some() {
        return Ok(request.clone());
    }
    let named = request.uses.rsplit_once('.').and_then(|(metric, field)| Some((family(metric)?, metric, field)));
    let Some((family, metric, field)) = named else { return Err(OptionsError::unknown_metric(request)) };
    let name = if request.name == request.uses { metric } else { &request.name };
    let whole = MetricRequest { uses: metric.to_owned(), name: name.to_owned(), options: request.options.clone() };
    let built = (family.build)(std::slice::from_ref(&whole))?;
    let mut fields = built.iter().flat_map(|metric| metric.specs()).flat_map(|spec| &spec.fields);
    if fields.any(|known| known.name == field) { Ok(whole) } else { Err(OptionsError::unknown_metric(request)) }
}
