//! Metrics at work on many texts, without the interpreter lock.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BinaryArray, Float64Array, StringArray};
use epitome::engine::aggregate::{Observations, Partial, Row, Sampling};
use epitome::metric::MetricRequest;
use epitome::metric::pair::{Pair, PairScorer, PairSession};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::input::{self, Chunk, Pairs};
use crate::table::Table;

/// Rows that are scored before the interpreter may interrupt.
const SLAB: usize = 16_384;

/// Rows that one thread takes at a time.
const JOB: usize = 64;

/// Metrics, ready to score.
#[pyclass(frozen, module = "epitome._native")]
pub struct Scorer {
    scorer: PairScorer,
    /// Where every row that gives no language of its own is at home.
    lang: Option<String>,
}

/// Threads to work on: those that are there, one, or a pool of one's own.
enum Threads {
    Shared,
    One,
    Own(rayon::ThreadPool),
}

impl Threads {
    fn new(threads: Option<usize>) -> PyResult<Self> {
        match threads {
            None => Ok(Threads::Shared),
            Some(0) => Err(PyValueError::new_err("threads is 0; leave it out for one a core")),
            Some(1) => Ok(Threads::One),
            Some(threads) => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.map(Threads::Own).map_err(|error| PyValueError::new_err(error.to_string()))
            }
        }
    }
}

#[pymethods]
impl Scorer {
    /// `metrics` is a JSON list of names and of tables as a suite has them; `options`, a JSON object, holds for all that
    /// take them.
    #[new]
    #[pyo3(signature = (metrics, options, lang=None))]
    fn new(metrics: &Bound<'_, PyAny>, options: &Bound<'_, PyAny>, lang: Option<String>) -> PyResult<Self> {
        let requests = requests(&metrics.extract::<String>()?, &options.extract::<String>()?);
        let requests = requests.map_err(PyValueError::new_err)?;
        let scorer = PairScorer::new(&requests).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Scorer { scorer, lang })
    }

    /// The names of the columns that `score` makes.
    #[getter]
    fn columns(&self) -> Vec<String> {
        let specs = self.scorer.metrics().iter().flat_map(|metric| metric.specs());
        let of = |spec: &epitome::model::MetricSpec| {
            let fields = spec.fields.iter().map(|field| format!("{}.{}", spec.name, field.name));
            fields.chain([format!("{}.unscored", spec.name)]).collect::<Vec<_>>()
        };
        specs.flat_map(of).collect()
    }

    /// Scores pairs: a row a pair, a column a field.
    #[pyo3(signature = (pairs, threads=None))]
    fn score(&self, py: Python<'_>, pairs: &Pairs, threads: Option<usize>) -> PyResult<Table> {
        let jobs = self.jobs(py, &pairs.0, threads, |session, pair, done: &mut Scored| {
            session.score(pair);
            session.fields(|spec, outcome| match outcome {
                Ok(fields) => {
                    done.values.extend_from_slice(fields);
                    done.unscored.push(None);
                }
                Err(why) => {
                    done.values.resize(done.values.len() + spec.fields.len(), 0.0);
                    done.unscored.push(Some(format!("{}: {}: {}", why.status, why.code, why.message)));
                }
            });
        })?;
        let specs: Vec<_> = self.scorer.metrics().iter().flat_map(|metric| metric.specs()).collect();
        let width: usize = specs.iter().map(|spec| spec.fields.len()).sum();
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut place = 0;
        for (at, spec) in specs.iter().enumerate() {
            let whys = || jobs.iter().flat_map(|job| job.unscored.iter().skip(at).step_by(specs.len()));
            let all = whys().all(Option::is_none);
            for _ in &spec.fields {
                let values = jobs.iter().flat_map(|job| job.values.iter().skip(place).step_by(width).copied());
                columns.push(Arc::new(if all {
                    Float64Array::from_iter_values(values)
                } else {
                    values.zip(whys()).map(|(value, why)| why.is_none().then_some(value)).collect()
                }));
                place += 1;
            }
            columns.push(Arc::new(whys().map(Option::as_deref).collect::<StringArray>()));
        }
        Table::new(self.columns().into_iter().zip(columns).collect(), pairs.0.iter().map(Chunk::len).sum())
    }

    /// Observes pairs: a row of bytes a pair, to be folded later.
    #[pyo3(signature = (pairs, threads=None))]
    fn observe(&self, py: Python<'_>, pairs: &Pairs, threads: Option<usize>) -> PyResult<Table> {
        let chunks = &pairs.0;
        let all = Observations::new(&self.scorer);
        let jobs = self.jobs(py, chunks, threads, |session, pair, done: &mut Vec<Vec<u8>>| {
            session.score(pair);
            done.push(all.row(session.rows()).to_bytes());
        })?;
        let rows: BinaryArray = jobs.iter().flatten().map(|row| Some(row.as_slice())).collect();
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        if chunks.iter().all(|chunk| chunk.ids.is_some()) {
            let of = |chunk: &'_ Chunk, at: usize| {
                let id = chunk.ids.as_ref().and_then(|ids| ids.get(at)).map(str::to_owned);
                id.ok_or_else(|| PyValueError::new_err(format!("row {}: there is no id", chunk.first + at)))
            };
            let ids = chunks.iter().flat_map(|chunk| (0..chunk.len()).map(move |at| of(chunk, at)));
            columns.push(("id".to_owned(), Arc::new(StringArray::from(ids.collect::<PyResult<Vec<_>>>()?))));
        }
        let count = rows.len();
        columns.push(("row".to_owned(), Arc::new(rows)));
        Table::new(columns, count)
    }

    /// Folds what `observe` made, in the order of ids (else as they stand), to the figures of all pairs; JSON.
    fn fold(&self, py: Python<'_>, observed: &Bound<'_, PyAny>, seed: u64, replicates: usize) -> PyResult<String> {
        let (ids, rows) = input::observed(observed)?;
        let made = py.detach(|| {
            let flat: Vec<&[u8]> = rows.iter().flat_map(|array| (0..array.len()).map(|at| array.value(at))).collect();
            let mut order: Vec<usize> = (0..flat.len()).collect();
            if let Some(ids) = &ids {
                order.sort_by(|a, b| ids[*a].cmp(&ids[*b]));
                if let Some(twins) = order.windows(2).find(|pair| ids[pair[0]] == ids[pair[1]]) {
                    return Err(format!(
                        "id `{}` is there twice, in rows {} and {}",
                        ids[twins[0]], twins[0], twins[1]
                    ));
                }
            }
            let mut all = Observations::new(&self.scorer);
            for at in order {
                let row = Row::from_bytes(flat[at]).filter(|row| all.fits(row));
                all.push(row.ok_or_else(|| format!("row {at} was observed with other metrics"))?);
            }
            Ok(all.aggregate(seed, replicates, 0).to_string())
        });
        made.map_err(PyValueError::new_err)
    }

    /// Adds up what `observe` made, whatever its order: exact sums, and those of Poisson resamples; bytes.
    fn partial(&self, py: Python<'_>, observed: &Bound<'_, PyAny>, seed: u64, replicates: usize) -> PyResult<Vec<u8>> {
        let (ids, rows) = input::observed(observed)?;
        let ids = ids.ok_or_else(|| PyValueError::new_err("Poisson resamples are seeded by id: the pairs need ids"))?;
        let made = py.detach(|| {
            let mut partial = Partial::new(&self.scorer, Sampling { seed, replicates });
            let flat = rows.iter().flat_map(|array| (0..array.len()).map(|at| array.value(at)));
            for (at, (bytes, id)) in flat.zip(&ids).enumerate() {
                let row = Row::from_bytes(bytes).filter(|row| partial.fits(row));
                partial.add(id, &row.ok_or_else(|| format!("row {at} was observed with other metrics"))?);
            }
            Ok(partial.to_bytes())
        });
        made.map_err(|message: String| PyValueError::new_err(message))
    }

    /// Joins what `partial` made, and computes the figures; JSON.
    fn join(&self, py: Python<'_>, partials: Vec<Vec<u8>>, seed: u64, replicates: usize) -> PyResult<String> {
        let made = py.detach(|| {
            let mut all = Partial::new(&self.scorer, Sampling { seed, replicates });
            for (at, bytes) in partials.iter().enumerate() {
                all.join(bytes).ok_or_else(|| format!("partial sum {at} was made with other metrics or replicates"))?;
            }
            Ok(all.aggregate().to_string())
        });
        made.map_err(|message: String| PyValueError::new_err(message))
    }
}

/// Metrics as they were asked for.
fn requests(metrics: &str, options: &str) -> Result<Vec<MetricRequest>, String> {
    let asked: Vec<serde_json::Value> = serde_json::from_str(metrics).map_err(|error| error.to_string())?;
    let given: toml::Table = serde_json::from_str(options).map_err(|error| error.to_string())?;
    let named = |asked: &serde_json::Value| match asked {
        serde_json::Value::String(name) => Ok(MetricRequest::plain(name)),
        table => {
            let mut options: toml::Table = serde_json::from_value(table.clone()).map_err(|error| error.to_string())?;
            let mut text = |key: &str| match options.remove(key) {
                Some(toml::Value::String(text)) => Some(text),
                _ => None,
            };
            let (uses, name) = (text("use"), text("name"));
            let uses = uses.ok_or_else(|| format!("a metric has no `use`: {table}"))?;
            Ok(MetricRequest { name: name.unwrap_or_else(|| uses.clone()), uses, options })
        }
    };
    let mut requests = asked.iter().map(named).collect::<Result<Vec<_>, String>>()?;
    for (at, request) in requests.iter().enumerate() {
        if requests[..at].iter().any(|other| other.name == request.name) {
            return Err(format!("metric `{}` is asked for twice", request.name));
        }
    }
    let unheard = epitome::cli::score::apply(&given, &mut requests);
    match unheard.first() {
        Some(option) => Err(format!("`{option}` has no effect: none of the metrics takes it")),
        None => Ok(requests),
    }
}

/// What came of a few rows.
#[derive(Default)]
struct Scored {
    /// Fields, row by row; zeros where there are none.
    values: Vec<f64>,
    /// Metric by metric, row by row, why there is no score.
    unscored: Vec<Option<String>>,
}

impl Scorer {
    /// Does something with every pair, on several threads; what comes of it is in the order of the rows, a few at a time.
    fn jobs<T: Default + Send>(
        &self,
        py: Python<'_>,
        chunks: &[Chunk],
        threads: Option<usize>,
        each: impl Fn(&mut PairSession<'_>, &Pair<'_>, &mut T) + Sync,
    ) -> PyResult<Vec<T>> {
        let threads = Threads::new(threads)?;
        let mut sessions = vec![self.scorer.session()];
        let mut made = Vec::new();
        for chunk in chunks {
            for start in (0..chunk.len()).step_by(SLAB) {
                let end = chunk.len().min(start + SLAB);
                let ranges: Vec<_> = (start..end).step_by(JOB).map(|at| at..end.min(at + JOB)).collect();
                let job = |session: &mut PairSession<'_>, range: std::ops::Range<usize>| {
                    let mut done = T::default();
                    for at in range {
                        each(session, &self.pair(chunk, at)?, &mut done);
                    }
                    Ok(done)
                };
                let several = || {
                    ranges
                        .clone()
                        .into_par_iter()
                        .map_init(|| self.scorer.session(), |s, range| job(s, range))
                        .collect()
                };
                let done: Result<Vec<T>, String> = py.detach(|| match &threads {
                    Threads::One => ranges.iter().map(|range| job(&mut sessions[0], range.clone())).collect(),
                    Threads::Shared => several(),
                    Threads::Own(pool) => pool.install(several),
                });
                made.extend(done.map_err(PyValueError::new_err)?);
                py.check_signals()?;
            }
        }
        Ok(made)
    }

    fn pair<'a>(&'a self, chunk: &'a Chunk, at: usize) -> Result<Pair<'a>, String> {
        let row = chunk.first + at;
        let candidate = chunk.candidates.get(at).ok_or_else(|| {
            format!("row {row}: there is no candidate (null); give a text, if only an empty one, or leave the row out")
        })?;
        let mut pair = Pair::new(candidate, chunk.references.iter().flat_map(|references| references.get(at)));
        pair.source = chunk.sources.as_ref().and_then(|sources| sources.get(at)).map(Into::into);
        let lang = chunk.langs.as_ref().and_then(|langs| langs.get(at)).or(self.lang.as_deref());
        pair.lang = lang.map(Into::into);
        Ok(pair)
    }
}
