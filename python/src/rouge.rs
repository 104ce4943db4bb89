//! What the drop-in for rouge_score needs.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use epitome::metric::rouge::{Kind, Rouge as Prepared, RougeSession, Split};
use epitome::stats::compat::mt19937::Mt19937;
use epitome::stats::compat::rouge_score;
use epitome::text::token::porter::{Stemmer, Variant};
use epitome::text::token::{self, Tokens};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

/// What a scorer was asked for: kinds, stemmer, given tokens, own sentences.
type Asked = (Vec<Kind>, bool, bool, bool);

/// Prepared scorers by what was asked for. There are few unlike ones, and they stay: sessions borrow from them.
fn prepared(asked: Asked) -> &'static Prepared {
    static KNOWN: OnceLock<Mutex<HashMap<Asked, &'static Prepared>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    *known.entry(asked).or_insert_with_key(|(kinds, stem, given, sentences)| {
        let tokenizer = if *given { token::find("whitespace").unwrap_or(token::ROUGE) } else { token::ROUGE };
        let split = if *sentences { Split::Sentences } else { Split::Newlines };
        let rouge = Prepared::new(kinds.iter().copied()).with_tokenizer(tokenizer).with_stemmer(*stem);
        let kept: &'static Prepared = Box::leak(Box::new(rouge.with_split(split)));
        kept
    })
}

/// A prepared scorer, with sessions that no call is using.
#[pyclass(frozen, module = "epitome._native")]
pub struct Rouge {
    prepared: &'static Prepared,
    idle: Mutex<Vec<RougeSession<'static>>>,
}

#[pymethods]
impl Rouge {
    /// `kinds` as the field writes them; `given` says that texts are tokens joined by spaces, lines by line feeds.
    #[new]
    fn new(kinds: Vec<String>, stem: bool, given: bool, sentences: bool) -> PyResult<Self> {
        let kind = |name: &String| {
            Kind::from_name(name).ok_or_else(|| PyValueError::new_err(format!("Invalid rouge type: {name}")))
        };
        let kinds = kinds.iter().map(kind).collect::<PyResult<Vec<Kind>>>()?;
        Ok(Rouge { prepared: prepared((kinds, stem, given, sentences)), idle: Mutex::default() })
    }

    /// Precision, recall and F by kind.
    fn score(&self, py: Python<'_>, target: PyBackedStr, prediction: PyBackedStr) -> Vec<(f64, f64, f64)> {
        py.detach(|| {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut session = idle.unwrap_or_else(|| self.prepared.session());
            let scores = session.score(&target, &prediction);
            let scores = scores.iter().map(|score| (score.precision, score.recall, score.f1)).collect();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
            scores
        })
    }
}

/// The tokens that rouge_score's default tokenizer makes of a text.
#[pyfunction]
pub fn tokenize(text: PyBackedStr, stem: bool) -> Vec<String> {
    let mut tokens = Tokens::default();
    tokens.fill(token::ROUGE, &text);
    let mut stemmer = stem.then(|| Stemmer::new(Variant::Nltk));
    let token = |token: &str| match &mut stemmer {
        Some(stemmer) if token.len() > 3 => String::from_utf8_lossy(stemmer.stem(token.as_bytes())).into_owned(),
        _ => token.to_owned(),
    };
    tokens.iter().map(token).collect()
}

/// The sentences of a text, by our own rules.
#[pyfunction]
pub fn sentences(text: PyBackedStr) -> Vec<String> {
    epitome::text::sentence::split(&text).into_iter().map(|range| text[range].to_owned()).collect()
}

/// The state of numpy's legacy generator after `seed(…)`.
#[pyfunction]
pub fn numpy_state(seed: u32) -> (Vec<u32>, usize) {
    let stream = Mt19937::new(seed);
    let (words, position) = stream.state();
    (words.to_vec(), position)
}

/// Low, mid and high of each column, and the state that numpy's generator has afterwards.
type Aggregated = (Vec<(f64, f64, f64)>, Vec<u32>, usize);

/// The bootstrap of `BootstrapAggregator`, drawing as numpy's legacy generator in the given state would.
#[pyfunction]
pub fn bootstrap(
    py: Python<'_>,
    rows: Vec<Vec<f64>>,
    samples: usize,
    confidence: f64,
    state: Vec<u32>,
    position: usize,
) -> PyResult<Aggregated> {
    let mut stream = Mt19937::from_state(&state, position)
        .ok_or_else(|| PyValueError::new_err("this is no state of numpy's MT19937"))?;
    if rows.iter().any(|row| row.len() != rows[0].len()) {
        return Err(PyValueError::new_err("the scores of one type have unlike numbers of values"));
    }
    let made = py.detach(|| {
        let means = rouge_score::resampled_means(&rows, samples, &mut stream);
        rouge_score::aggregate(&means, confidence)
    });
    let (words, position) = stream.state();
    Ok((made.iter().map(|a| (a.low, a.mid, a.high)).collect(), words.to_vec(), position))
}
