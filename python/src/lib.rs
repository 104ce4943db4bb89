//! The native half of the Python package `epitome`.
//!
//! Texts come in as lists or through Arrow's PyCapsule interface (`input`), are scored without the interpreter lock
//! (`scorer`), and leave as Arrow tables (`table`). `rouge` serves the drop-in for rouge_score. Whatever has a form as JSON
//! crosses as JSON: the Python half gives it its types.

mod input;
mod rouge;
mod scorer;
mod table;

use std::ffi::OsString;

use epitome::model::Lang;
use epitome::stats::paired::{Options, means};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

/// The command `epitome`: its arguments (the program's name first) to its exit code.
#[pyfunction]
fn main(py: Python<'_>, args: Vec<OsString>) -> i32 {
    py.detach(|| epitome::cli::main(args) as i32)
}

/// Judges a case of facts, as `epitome facts check` does a line; JSON to JSON.
#[pyfunction]
fn check(py: Python<'_>, case: PyBackedStr, row: usize) -> PyResult<String> {
    let answer = py.detach(|| epitome::cli::facts::answer(&case, &format!("row {row}"), row));
    answer.map_err(|error| PyValueError::new_err(format!("{error:#}")))
}

/// The quantities in a text, as a JSON list.
#[pyfunction]
fn quantities(
    py: Python<'_>,
    text: PyBackedStr,
    lang: Option<PyBackedStr>,
    date: Option<PyBackedStr>,
) -> PyResult<String> {
    let found = py.detach(|| {
        let lang = lang.as_ref().map(|lang| Lang::new(&**lang));
        serde_json::to_string(&epitome::fact::quantities(&text, lang.as_ref(), date.as_deref()))
    });
    found.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Figures, interval and tests of two equally long lists of numbers, as JSON.
#[pyfunction]
fn paired(py: Python<'_>, first: Vec<f64>, second: Vec<f64>, seed: u64, resamples: usize) -> PyResult<String> {
    let made = py.detach(|| {
        let options = Options { replicates: resamples, seed, alpha: 0.05 };
        means(&first, &second, &options).map(|made| serde_json::to_string(&made))
    });
    match made {
        Some(Ok(json)) => Ok(json),
        Some(Err(error)) => Err(PyValueError::new_err(error.to_string())),
        None => Err(PyValueError::new_err("there is nothing to compare: give at least two pairs of finite numbers")),
    }
}

/// The metrics, seed and replicates of a suite, as JSON.
#[pyfunction]
fn suite(py: Python<'_>, path: PyBackedStr) -> PyResult<String> {
    use epitome::config::Plan;
    use epitome::config::plan::Overrides;
    let plan = py.detach(|| Plan::load(std::path::Path::new(&*path), Overrides::default()));
    let plan = plan.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let told = serde_json::json!({
        "metrics": plan.resolved["metric"], "seed": plan.seed, "replicates": plan.replicates,
    });
    Ok(told.to_string())
}

/// The native module.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<rouge::Rouge>()?;
    module.add_class::<input::Pairs>()?;
    module.add_class::<scorer::Scorer>()?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(check, module)?)?;
    module.add_function(wrap_pyfunction!(quantities, module)?)?;
    module.add_function(wrap_pyfunction!(paired, module)?)?;
    module.add_function(wrap_pyfunction!(suite, module)?)?;
    module.add_function(wrap_pyfunction!(rouge::tokenize, module)?)?;
    module.add_function(wrap_pyfunction!(rouge::sentences, module)?)?;
    module.add_function(wrap_pyfunction!(rouge::numpy_state, module)?)?;
    module.add_function(wrap_pyfunction!(rouge::bootstrap, module)?)?;
    Ok(())
}
