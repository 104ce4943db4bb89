//! What a suite or a command line asks of a metric.

use serde::de::DeserializeOwned;

use super::FAMILIES;

/// One metric as asked for: the built-in it uses, the name it goes by, its options.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRequest {
    /// The built-in's name: `rouge1`.
    pub uses: String,
    /// The name it goes by: a variant's own, else that of the built-in.
    pub name: String,
    /// Its options, as the suite writes them.
    pub options: toml::Table,
}

impl MetricRequest {
    /// A built-in under its own name, without options.
    pub fn plain(name: &str) -> Self {
        MetricRequest { uses: name.to_owned(), name: name.to_owned(), options: toml::Table::new() }
    }

    /// Reads the options as a type that denies unknown fields.
    pub fn options<T: DeserializeOwned>(&self) -> Result<T, OptionsError> {
        serde_path_to_error::deserialize(self.options.clone()).map_err(|e| OptionsError {
            metric: self.name.clone(),
            path: e.path().to_string(),
            message: e.into_inner().message().to_owned(),
        })
    }
}

/// A metric asked for in a way that it does not understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metric `{metric}`: {message}")]
pub struct OptionsError {
    /// The metric's name in the suite.
    pub metric: String,
    /// The option, as a path within the metric's table; empty or `.` for the whole.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl OptionsError {
    /// An error about one option of a request.
    pub fn new(request: &MetricRequest, path: &str, message: impl Into<String>) -> Self {
        OptionsError { metric: request.name.clone(), path: path.to_owned(), message: message.into() }
    }

    /// No family answers to the request's name; names the nearest that one does.
    pub fn unknown_metric(request: &MetricRequest) -> Self {
        let known = FAMILIES.iter().flat_map(|f| f.names.iter().copied());
        let nearest = known
            .map(|name| (strsim::jaro_winkler(&request.uses, name), name))
            .filter(|(similarity, _)| *similarity > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = match nearest {
            // `rougeN`: a name with a number to be written in.
            Some((_, name)) if name == request.uses => {
                format!("write a number for the N: `{}`", name.replace('N', "2"))
            }
            Some((_, name)) => format!("did you mean `{name}`?"),
            None => "`epitome list metrics` shows what there is".to_owned(),
        };
        OptionsError::new(request, "use", format!("there is no metric `{}`; {hint}", request.uses))
    }
}
