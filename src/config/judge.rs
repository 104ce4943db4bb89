//! `[[metric]] backend = "…"`: scores from outside, as a suite asks for them.

use std::path::Path;

use super::document::{ConfigError, Document, Step, nearest};
use super::file::{Age, SuiteFile};
use crate::backend::{self, Setup};
use crate::metric::MetricRequest;
use crate::metric::external::{self, External};

/// A judge with what its metric declares.
pub struct Judge {
    /// The declaration.
    pub external: External,
    /// The kind of judge.
    pub backend: String,
    /// The datasets that it is sent; all that are not private where the suite names none.
    pub datasets: Vec<String>,
    /// Seconds after which a kept answer is asked for again.
    pub max_age: Option<u64>,
    /// Who is asked.
    pub judge: Box<dyn backend::judge::Judge>,
    /// The suite's own table, for the record.
    pub(super) table: toml::Table,
}

impl Judge {
    /// The metric's name.
    pub fn name(&self) -> &str {
        &self.external.spec().name
    }
}

/// Keys that belong to neither the declaration nor the backend.
const OWN: [&str; 4] = ["name", "backend", "datasets", "max_age"];

/// Reads the `index`-th `[[metric]]`, which names a backend, and what it asks of the registry.
pub(super) fn read(
    document: &Document,
    file: &SuiteFile,
    index: usize,
    root: &Path,
) -> Result<(MetricRequest, Judge), ConfigError> {
    let table = &file.metric[index];
    let place = |path: &str| {
        let mut steps = vec![Step::Key("metric".to_owned()), Step::Index(index)];
        steps.extend(Step::parse(path));
        steps
    };
    let text = |key: &str| match table.get(key) {
        Some(toml::Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(document.error_at(&place(key), &format!("`{key}` is a string"))),
        None => Err(document.error_at(&place(""), &format!("scores from outside need a `{key}` of their own"))),
    };
    let (name, backend) = (text("name")?, text("backend")?);
    if table.contains_key("use") {
        let message = "a metric is a built-in (`use`) or from outside (`backend`), not both";
        return Err(document.error_at(&place("use"), message));
    }
    let Some(kind) = backend::judge::kind(&backend) else {
        let known = backend::judge::KINDS.iter().map(|kind| kind.name);
        let hint = match nearest(&backend, known.clone()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("scores come by {}", known.collect::<Vec<_>>().join(" or ")),
        };
        return Err(document.error_at(&place("backend"), &format!("a metric has no backend `{backend}`; {hint}")));
    };
    let max_age: Option<Age> =
        table.get("max_age").map(|value| document.read(value.clone(), &place("max_age"))).transpose()?;
    let named: Option<Vec<String>> =
        table.get("datasets").map(|value| document.read(value.clone(), &place("datasets"))).transpose()?;
    if let Some(unknown) = named.iter().flatten().find(|name| !file.dataset.iter().any(|d| d.name == **name)) {
        return Err(document.error_at(&place("datasets"), &format!("there is no dataset `{unknown}`")));
    }
    let public = || file.dataset.iter().filter(|d| !d.private).map(|d| d.name.clone()).collect();
    let part = |wanted: fn(&str) -> bool| -> toml::Table {
        table.iter().filter(|(key, _)| wanted(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let mut declared = part(|key| external::KEYS.contains(&key));
    let options = part(|key| !external::KEYS.contains(&key) && !OWN.contains(&key));
    // The declaration first: what is missing of it is the likelier mistake.
    let request = |options| MetricRequest { uses: backend.clone(), name: name.clone(), options };
    let declare = |options: &toml::Table| {
        External::new(&request(options.clone())).map_err(|error| document.error_at(&place(&error.path), &error.message))
    };
    declare(&declared)?;
    let setup = Setup { system: &name, options: &options, root };
    let judge = (kind.build)(&setup).map_err(|error| document.error_at(&place(&error.path), &error.message))?;
    if let Some(content) = judge.content().filter(|_| !declared.contains_key("version")) {
        declared.insert("content".to_owned(), content.into());
    }
    let judge = Judge {
        external: declare(&declared)?,
        backend: backend.clone(),
        datasets: named.unwrap_or_else(public),
        max_age: max_age.map(|age| age.0),
        judge,
        table: table.clone(),
    };
    Ok((request(declared), judge))
}
