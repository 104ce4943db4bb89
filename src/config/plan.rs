//! A suite, fully resolved: what is to be done, with summarizers and metrics built.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::document::{ConfigError, Document, Step, nearest};
use super::file::{CheckHead, Limit, SuiteFile, SystemHead};
use super::judge::{self, Judge};
use crate::backend::{self, Setup, Summarizer};
use crate::dataset;
use crate::metric::{self, Metric, MetricRequest};
use crate::model::record::SystemKind;
use crate::model::{Gate, Lang, MetricSpec, count, split_version};

/// The embedded file that says what holds where a suite says nothing.
pub const DEFAULTS: &str = include_str!("default.toml");

/// A suite, fully resolved.
pub struct Plan {
    /// The suite's folder, to which its paths are relative.
    pub root: PathBuf,
    /// The suite's name.
    pub name: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether there is a human row.
    pub human: bool,
    /// The datasets, in suite order.
    pub datasets: Vec<dataset::Spec>,
    /// The systems, in suite order.
    pub systems: Vec<System>,
    /// The metrics, in column order.
    pub metrics: Vec<Box<dyn Metric>>,
    /// Where scores from outside come from, in suite order.
    pub judges: Vec<Judge>,
    /// The gates, in suite order.
    pub gates: Vec<Gate>,
    /// Failed items that a system may have.
    pub max_failures: Limit,
    /// Calls that waiting systems may make together.
    pub max_calls: Option<u64>,
    /// Cost at which no further call begins.
    pub max_cost: Option<f64>,
    /// Where outputs are kept.
    pub store: PathBuf,
    /// Bootstrap replicates of an interval.
    pub replicates: usize,
    /// The formats written beside the record.
    pub formats: Vec<String>,
    /// How many of the worst changes a report shows.
    pub worst: usize,
    /// The suite as resolved, for the record.
    pub resolved: serde_json::Value,
}

/// A summarizer under test.
pub struct System {
    /// Its full name, `name@version`.
    pub id: String,
    /// Its backend's name.
    pub backend: String,
    /// The datasets it is run on.
    pub datasets: Vec<String>,
    /// The language it writes; the article's where `None`.
    pub output_lang: Option<Lang>,
    /// Outputs an article.
    pub samples: u32,
    /// Seconds after which a kept output is asked for again.
    pub max_age: Option<u64>,
    /// The summarizer.
    pub summarizer: Box<dyn Summarizer>,
}

impl System {
    /// What its row is.
    pub fn kind(&self) -> SystemKind {
        if self.summarizer.sees_references() { SystemKind::Oracle } else { SystemKind::Candidate }
    }
}

/// What `--seed` and its like put in the place of what the suite says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrides {
    /// Seed of everything random.
    pub seed: Option<u64>,
}

/// The part of the plan that a record keeps.
#[derive(Serialize)]
struct Resolved<'a> {
    version: u32,
    seed: u64,
    human: bool,
    replicates: usize,
    dataset: &'a [dataset::Spec],
    system: &'a [toml::Table],
    /// What shapes a system's outputs besides its table, by content.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    shape: BTreeMap<&'a str, serde_json::Value>,
    metric: Vec<BTreeMap<&'a str, toml::Value>>,
    gate: &'a [Gate],
    max_failures: Limit,
}

impl Plan {
    /// Reads a suite from a file, and checks all of it that can be checked without reading data.
    pub fn load(path: &Path, overrides: Overrides) -> Result<Plan, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| {
            let hint = "`epitome init` writes a suite to start from, or name one: `epitome run path/to/epitome.toml`";
            ConfigError::whole(path, format!("cannot read the suite: {error}; {hint}"))
        })?;
        let root = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        Plan::parse(path, &text, root, overrides)
    }

    /// Reads a suite from a text that stands at `path`.
    pub fn parse(path: &Path, text: &str, root: PathBuf, overrides: Overrides) -> Result<Plan, ConfigError> {
        let document = Document::parse(path, text)?;
        if let Some(version) = document.table.get("version").and_then(toml::Value::as_integer)
            && version != 1
        {
            let message = format!("this epitome reads version 1 of the suite format, not version {version}");
            return Err(document.error_at(&[key("version")], &message));
        }
        let file: SuiteFile = document.read(overlay(document.table.clone(), path)?.into(), &[])?;
        check_names(&document, &file)?;
        let seed = overrides.seed.unwrap_or(file.suite.seed);
        let systems = systems(&document, &file, &root)?;
        let (requests, judges) = requests(&document, &file, &root)?;
        let metrics = metric::build(&requests).map_err(|error| {
            let place = requests.iter().position(|r| r.name == error.metric).unwrap_or(0);
            let mut steps = metric_place(&file, place);
            steps.extend(Step::parse(&error.path));
            document.error_at(&steps, &error.message)
        })?;
        check_gates(&document, &file, &systems, &metrics)?;
        let resolved = Resolved {
            version: 1,
            seed,
            human: file.suite.human,
            replicates: file.statistics.replicates,
            dataset: &file.dataset,
            system: &file.system,
            shape: systems
                .iter()
                .map(|s| (s.id.as_str(), s.summarizer.shape()))
                .filter(|(_, v)| !v.is_null())
                .collect(),
            metric: requests.iter().map(|request| describe(request, &judges)).collect(),
            gate: &file.gate,
            max_failures: file.failures.max,
        };
        let resolved = serde_json::to_value(&resolved)
            .map_err(|error| ConfigError::whole(path, format!("the suite holds what JSON cannot: {error}")))?;
        Ok(Plan {
            store: root.join(&file.store.path),
            root,
            name: file.suite.name,
            seed,
            human: file.suite.human,
            datasets: file.dataset,
            systems,
            metrics,
            judges,
            gates: file.gate,
            max_failures: file.failures.max,
            max_calls: file.budget.max_calls,
            max_cost: file.budget.max_cost,
            replicates: file.statistics.replicates,
            formats: file.report.formats,
            worst: file.report.worst,
            resolved,
        })
    }

    /// What all metrics declare, in column order.
    pub fn specs(&self) -> impl Iterator<Item = &MetricSpec> {
        self.metrics.iter().flat_map(|m| m.specs())
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// The suite's tables laid over the defaults, key by key.
fn overlay(suite: toml::Table, path: &Path) -> Result<toml::Table, ConfigError> {
    let mut whole: toml::Table = toml::from_str(DEFAULTS)
        .map_err(|error| ConfigError::whole(path, format!("the built-in defaults are broken: {error}")))?;
    if suite.contains_key("metric") || suite.contains_key("metrics") {
        // Metrics that the suite asks for replace the default ones; they do not come on top.
        whole.remove("metrics");
    }
    for (name, value) in suite {
        match (whole.get_mut(&name), value) {
            (Some(toml::Value::Table(default)), toml::Value::Table(table)) => default.extend(table),
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
    Ok(whole)
}

fn check_names(document: &Document, file: &SuiteFile) -> Result<(), ConfigError> {
    let suite = &file.suite.name;
    if suite.is_empty() || suite.starts_with('.') || suite.contains(['/', '\\', ':', '\0']) {
        let message = "a suite's name is a folder's name: not empty, no leading dot, no slash or colon";
        return Err(document.error_at(&[key("suite"), key("name")], message));
    }
    if file.dataset.is_empty() {
        return Err(document.error_at(&[], "a suite needs a [[dataset]] with `name` and `articles`"));
    }
    for (i, dataset) in file.dataset.iter().enumerate() {
        if let Err(error) = dataset.check() {
            return Err(document.error_at(&[key("dataset"), Step::Index(i), key(error.key)], &error.message));
        }
        if file.dataset[..i].iter().any(|d| d.name == dataset.name) {
            let message = format!("two datasets are named `{}`", dataset.name);
            return Err(document.error_at(&[key("dataset"), Step::Index(i), key("name")], &message));
        }
    }
    Ok(())
}

fn systems(document: &Document, file: &SuiteFile, root: &Path) -> Result<Vec<System>, ConfigError> {
    let mut systems: Vec<System> = Vec::new();
    for (i, table) in file.system.iter().enumerate() {
        let at = |name: &str| vec![key("system"), Step::Index(i), key(name)];
        let (head, options): (toml::Table, toml::Table) =
            table.clone().into_iter().partition(|(name, _)| SystemHead::KEYS.contains(&name.as_str()));
        let head: SystemHead = document.read(head.into(), &[key("system"), Step::Index(i)])?;
        if head.name.is_empty() || head.name == "human" || head.name.contains("::") {
            let message = "a system's name is not empty, not `human` (the annotators' row) and without `::`";
            return Err(document.error_at(&at("name"), message));
        }
        if systems.iter().any(|s| s.id == head.name) {
            return Err(document.error_at(&at("name"), &format!("two systems are named `{}`", head.name)));
        }
        let Some(kind) = backend::kind(&head.backend) else {
            let known = backend::KINDS.iter().map(|k| k.name);
            let hint = match nearest(&head.backend, known.clone()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no backend `{}`; {hint}", head.backend);
            return Err(document.error_at(&at("backend"), &message));
        };
        for name in head.datasets.iter().flatten() {
            if !file.dataset.iter().any(|d| d.name == *name) {
                let hint = nearest(name, file.dataset.iter().map(|d| d.name.as_str()));
                let hint = hint.map(|h| format!("; did you mean `{h}`?")).unwrap_or_default();
                let message = format!("there is no dataset `{name}`{hint}");
                return Err(document.error_at(&at("datasets"), &message));
            }
        }
        let setup = Setup { system: &head.name, options: &options, root };
        let summarizer = (kind.build)(&setup).map_err(|error| {
            let mut steps = vec![key("system"), Step::Index(i)];
            steps.extend(Step::parse(&error.path));
            document.error_at(&steps, &error.message)
        })?;
        let public = || file.dataset.iter().filter(|d| !d.private).map(|d| d.name.clone()).collect();
        systems.push(System {
            datasets: head.datasets.unwrap_or_else(public),
            backend: head.backend,
            output_lang: head.output_lang,
            samples: head.samples.unwrap_or(1).max(1),
            max_age: head.max_age.map(|age| age.0),
            summarizer,
            id: head.name,
        });
    }
    if systems.is_empty() {
        return Err(document.error_at(&[], "a suite needs a [[system]] with `name` and `backend`"));
    }
    Ok(systems)
}

/// The metrics asked for: `[metrics] use` first, then each `[[metric]]`.
fn requests(
    document: &Document,
    file: &SuiteFile,
    root: &Path,
) -> Result<(Vec<MetricRequest>, Vec<Judge>), ConfigError> {
    let mut judges = Vec::new();
    let mut requests: Vec<MetricRequest> = file.metrics.uses.iter().map(|name| MetricRequest::plain(name)).collect();
    for (i, table) in file.metric.iter().enumerate() {
        let at = |name: &str| vec![key("metric"), Step::Index(i), key(name)];
        let mut options = table.clone();
        let mut text = |name: &str| match options.remove(name) {
            None => Ok(None),
            Some(toml::Value::String(value)) => Ok(Some(value)),
            Some(_) => Err(document.error_at(&at(name), &format!("`{name}` is a string"))),
        };
        let (uses, name) = (text("use")?, text("name")?);
        if name.iter().any(|name| name.is_empty() || name.contains(['.', ' '])) {
            return Err(document.error_at(&at("name"), "a metric's name is not empty and has no dot and no space"));
        }
        if table.contains_key("backend") {
            let (request, judge) = judge::read(document, file, i, root)?;
            requests.push(request);
            judges.push(judge);
            continue;
        }
        let Some(uses) = uses else {
            let message =
                "a metric needs `use`, the built-in that it is or is a variant of, or `backend` for one of your own";
            return Err(document.error_at(&[key("metric"), Step::Index(i)], message));
        };
        if backend::judge::kind(&uses).is_some() {
            let message = format!("scores from outside have a backend: write `backend = \"{uses}\"`");
            return Err(document.error_at(&at("use"), &message));
        }
        let name = name.unwrap_or_else(|| uses.clone());
        requests.push(MetricRequest { uses, name, options });
    }
    for (i, table) in file.check.iter().enumerate() {
        let steps = [key("check"), Step::Index(i)];
        let head: CheckHead = document.read(table.clone().into(), &steps)?;
        let mut options = table.clone();
        options.remove("name");
        if options.is_empty() {
            let message = "a check needs a rule: forbid, require, regex, max_chars or script";
            return Err(document.error_at(&steps, message));
        }
        requests.push(MetricRequest { uses: "check".to_owned(), name: head.name, options });
    }
    for (i, request) in requests.iter().enumerate() {
        if requests[..i].iter().any(|r| r.name == request.name) {
            let message = format!("two metrics are named `{}`; give one a `name` of its own", request.name);
            return Err(document.error_at(&metric_place(file, i), &message));
        }
    }
    Ok((requests, judges))
}

/// Where the i-th request stands in the suite.
fn metric_place(file: &SuiteFile, i: usize) -> Vec<Step> {
    let (bare, own) = (file.metrics.uses.len(), file.metric.len());
    match i {
        i if i < bare => vec![key("metrics"), key("use"), Step::Index(i)],
        i if i < bare + own => vec![key("metric"), Step::Index(i - bare)],
        i => vec![key("check"), Step::Index(i - bare - own)],
    }
}

fn describe<'a>(request: &'a MetricRequest, judges: &'a [Judge]) -> BTreeMap<&'a str, toml::Value> {
    if let Some(judge) = judges.iter().find(|judge| judge.name() == request.name) {
        let declared = judge.table.iter().chain(&request.options);
        return declared.map(|(name, value)| (name.as_str(), value.clone())).collect();
    }
    let mut described: BTreeMap<&str, toml::Value> =
        request.options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    described.insert("name", request.name.clone().into());
    described.insert("use", request.uses.clone().into());
    described
}

fn check_gates(
    document: &Document,
    file: &SuiteFile,
    systems: &[System],
    metrics: &[Box<dyn Metric>],
) -> Result<(), ConfigError> {
    let specs: Vec<&MetricSpec> = metrics.iter().flat_map(|m| m.specs()).collect();
    for (i, gate) in file.gate.iter().enumerate() {
        let at = |name: &str| vec![key("gate"), Step::Index(i), key(name)];
        let refuse = |name: &str, message: &str| Err(document.error_at(&at(name), message));
        if let Some(metric) = &gate.metric
            && let Err(message) = resolve_field(metric, &specs)
        {
            return refuse("metric", &message);
        }
        let whole = [key("gate"), Step::Index(i)];
        if !gate.has_rule() {
            let rules =
                "`min`, `max`, `max_drop`, `min_scored`, `must_facts`, `no_new_contradicted` or `no_new_unsupported`";
            return Err(document.error_at(&whole, &format!("a gate needs {rules}")));
        }
        let figures = [("min", gate.min), ("max", gate.max), ("max_drop", gate.max_drop)];
        if let (None, Some((name, _))) = (&gate.metric, figures.iter().find(|(_, bound)| bound.is_some())) {
            return refuse(name, &format!("`{name}` bounds a figure: say which with `metric`"));
        }
        for (name, share) in [("min_scored", gate.min_scored), ("min_confidence", gate.min_confidence)] {
            let least = if name == "min_scored" { 0.0 } else { 0.5 };
            if share.is_some_and(|share| !(least..=1.0).contains(&share) || name == "min_confidence" && share == 1.0) {
                let range = if least == 0.0 { "from 0 to 1" } else { "from 0.5 to less than 1" };
                return refuse(name, &format!("`{name}` is a share {range}"));
            }
        }
        if gate.min_confidence.is_some() && gate.min.or(gate.max).is_none() {
            return refuse("min_confidence", "`min_confidence` says how sure `min` or `max` must be; there is neither");
        }
        if let Some(address) = &gate.metric
            && let Ok((name, field)) = resolve_field(address, &specs)
            && let Some(of) =
                specs.iter().find(|s| s.name == name).and_then(|s| s.fields.iter().find(|f| f.name == field))
        {
            let (least, most) = of.range;
            let beyond = |bound: f64| least.is_some_and(|l| bound < l) || most.is_some_and(|m| bound > m);
            for (rule, bound) in [("min", gate.min), ("max", gate.max)] {
                if let Some(bound) = bound.filter(|bound| beyond(*bound)) {
                    let range = match (least, most) {
                        (Some(least), Some(most)) => format!("from {least} to {most}"),
                        (Some(least), None) => format!("{least} or more"),
                        (None, Some(most)) => format!("at most {most}"),
                        (None, None) => "any number".to_owned(),
                    };
                    let message = format!("`{rule}` is {bound}, and {name}.{field} is {range}");
                    return refuse(rule, &message);
                }
            }
            if let (Some(drop), Some(least), Some(most)) = (gate.max_drop, least, most)
                && drop > most - least
            {
                let message = format!("`max_drop` is {drop}, and {name}.{field} can drop by {} at most", most - least);
                return refuse("max_drop", &message);
            }
        }
        if let (Some(min), Some(max)) = (gate.min, gate.max)
            && min > max
        {
            return refuse("min", &format!("`min` is {min} and `max` is {max}: no figure holds both"));
        }
        if gate.max_drop.is_some_and(|drop| drop < 0.0) {
            return refuse("max_drop", "`max_drop` is how much worse a figure may be: 0 or more");
        }
        for (name, wanted) in [("system", &gate.system), ("against", &gate.against)] {
            let Some(wanted) = wanted else { continue };
            if !systems.iter().any(|s| s.id == *wanted || split_version(&s.id).0 == wanted) {
                let names = systems.iter().flat_map(|s| [s.id.as_str(), split_version(&s.id).0]);
                let hint = nearest(wanted, names).map(|h| format!("; did you mean `{h}`?")).unwrap_or_default();
                return refuse(name, &format!("there is no system `{wanted}`{hint}"));
            }
        }
        if gate.against.is_some() && !gate.compares() {
            let rules = "`max_drop`, `no_new_contradicted` or `no_new_unsupported`";
            return refuse("against", &format!("`against` says what {rules} compare with; there is none of them"));
        }
        if let Some(name) = &gate.dataset
            && !file.dataset.iter().any(|d| d.name == *name)
        {
            return refuse("dataset", &format!("there is no dataset `{name}`"));
        }
        if let Some(rule) = gate.in_samples {
            if !gate.on_facts() && !gate.no_new_unsupported {
                return refuse(
                    "in_samples",
                    "`in_samples` belongs to `must_facts`, `no_new_contradicted` and `no_new_unsupported`",
                );
            }
            let spoken = |s: &&System| {
                let name = split_version(&s.id).0;
                gate.system.as_ref().is_none_or(|wanted| *wanted == s.id || wanted == name)
            };
            let other = |s: &&System| s.kind() == SystemKind::Candidate && s.samples != rule.of;
            if let Some(system) = systems.iter().filter(spoken).find(other) {
                let samples = count(system.samples, "sample");
                let message = format!("`{}` has {samples} an article, not {}", system.id, rule.of);
                return refuse("in_samples", &message);
            }
        }
        if gate.group.is_some() {
            let of_facts = gate.metric.as_ref().is_some_and(|address| {
                let name = address.rsplit_once('.').map_or(address.as_str(), |(name, _)| name);
                let signed = |s: &crate::model::score::Stratum| s.signature.get("metric") == Some("facts");
                specs.iter().any(|s| s.name == name && s.strata.iter().any(signed))
            });
            if !(of_facts || gate.metric.is_none() && gate.on_facts()) {
                return refuse(
                    "group",
                    "groups are of facts: a gate on a group takes a field of `facts`, or a rule on facts",
                );
            }
        }
    }
    Ok(())
}

/// Splits `name.field` (or a bare name with a headline field) into metric and field.
pub fn resolve_field(address: &str, specs: &[&MetricSpec]) -> Result<(String, String), String> {
    let all = || specs.iter().flat_map(|s| s.fields.iter().map(|f| format!("{}.{}", s.name, f.name)));
    let (name, field) = match specs.iter().find(|s| s.name == address) {
        Some(spec) => match spec.headline {
            Some(headline) => return Ok((spec.name.clone(), spec.fields[headline].name.clone())),
            None => {
                let fields: Vec<_> = spec.fields.iter().map(|f| format!("{}.{}", spec.name, f.name)).collect();
                return Err(format!("`{address}` has no headline field; name one of {}", fields.join(", ")));
            }
        },
        None => address.rsplit_once('.').unwrap_or((address, "")),
    };
    if specs.iter().any(|s| s.name == name && s.fields.iter().any(|f| f.name == field)) {
        return Ok((name.to_owned(), field.to_owned()));
    }
    let known: Vec<String> = all().collect();
    let hint = match nearest(address, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a gate speaks of the suite's own metrics".to_owned(),
    };
    Err(format!("the suite has no metric `{address}`; {hint}"))
}
