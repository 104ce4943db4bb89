//! What a suite says of a server, and the checks it must pass before any request is made.

use std::collections::BTreeMap;
use std::env;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ureq::http::{HeaderName, HeaderValue};

use super::call::{Endpoint, Limits};
use super::prompt::{self, Prompt};
use super::throttle::Throttle;
use super::{Http, hash};
use crate::backend::clean::Step;
use crate::backend::secret::Secrets;
use crate::backend::trace::Price;
use crate::backend::{Setup, SetupError, Summarizer, measure};
use crate::model::{Reason, ReasonCode};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    url: String,
    model: String,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
    #[serde(default)]
    headers: BTreeMap<String, Given>,
    #[serde(default)]
    query: BTreeMap<String, Given>,
    prompt: Option<PathBuf>,
    #[serde(default)]
    params: toml::Table,
    #[serde(default)]
    seed: bool,
    #[serde(default, deserialize_with = "measure::count")]
    max_source: Option<NonZeroUsize>,
    #[serde(default)]
    clean: Vec<Step>,
    price: Option<Price>,
    #[serde(default)]
    limits: RateLimits,
    #[serde(default, deserialize_with = "measure::duration")]
    timeout: Option<Duration>,
    #[serde(default, deserialize_with = "measure::duration")]
    connect_timeout: Option<Duration>,
    #[serde(default, deserialize_with = "measure::duration")]
    read_timeout: Option<Duration>,
    retries: Option<u32>,
    #[serde(default, deserialize_with = "measure::duration")]
    backoff: Option<Duration>,
    #[serde(default, deserialize_with = "measure::duration")]
    max_wait: Option<Duration>,
    #[serde(default, deserialize_with = "measure::bytes")]
    max_answer: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimits {
    #[serde(default, deserialize_with = "measure::count")]
    in_flight: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::count")]
    rpm: Option<NonZeroUsize>,
    #[serde(default, deserialize_with = "measure::count")]
    tpm: Option<NonZeroUsize>,
}

/// A header's or parameter's value.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "a value is a text, or `{ env = \"NAME\" }` for one from the environment")]
enum Given {
    Literal(String),
    Env(FromEnv),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FromEnv {
    env: String,
    #[serde(default)]
    prefix: String,
}

/// Headers that hold secrets: their values stand in no suite.
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie"];

/// Fields of the body that are not the suite's to set.
const OWN_FIELDS: [&str; 4] = ["model", "messages", "stream", "n"];

/// Gathers what requests carry, what of it is secret, and what is missing for it.
#[derive(Default)]
struct Gathered {
    secrets: Secrets,
    missing: Option<Reason>,
}

impl Gathered {
    fn missing(&mut self, message: String) {
        self.missing.get_or_insert(Reason::new(ReasonCode::MissingKey, message));
    }

    /// The value of a variable; empty where it is not set, which is noted.
    fn variable(&mut self, name: &str) -> String {
        match env::var(name).ok().filter(|value| !value.trim().is_empty()) {
            Some(value) => {
                self.secrets.add(&value);
                value.trim().to_owned()
            }
            None => {
                self.missing(format!("the environment variable `{name}` is not set"));
                String::new()
            }
        }
    }

    fn value(&mut self, given: &Given) -> String {
        match given {
            Given::Literal(text) => text.clone(),
            Given::Env(from) => format!("{}{}", from.prefix, self.variable(&from.env)),
        }
    }

    fn key(&mut self, options: &Options, root: &Path) -> Result<Option<String>, SetupError> {
        match (&options.key_env, &options.key_file) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err(SetupError::new("key_file", "`key_env` and `key_file` exclude each other; give one of them"))
            }
            (Some(name), None) => Ok(Some(self.variable(name))),
            (None, Some(path)) => match std::fs::read_to_string(root.join(path)) {
                Ok(text) if !text.trim().is_empty() => {
                    self.secrets.add(&text);
                    Ok(Some(text.trim().to_owned()))
                }
                Ok(_) => {
                    self.missing(format!("the key file `{}` is empty", path.display()));
                    Ok(None)
                }
                Err(error) => {
                    self.missing(format!("the key file `{}` cannot be read: {error}", path.display()));
                    Ok(None)
                }
            },
        }
    }
}

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    let options: Options = setup.options()?;
    let mut gathered = Gathered::default();
    let url = address(&options.url)?;
    let headers = headers(&options, setup.root, &mut gathered)?;
    let query: Vec<(String, String)> =
        options.query.iter().map(|(name, given)| (name.clone(), gathered.value(given))).collect();
    let (prompt_text, prompt) = prompt(&options, setup.root)?;
    let params = params(&options)?;
    if options.price.is_some_and(|p| [p.input, p.output].iter().any(|x| !x.is_finite() || *x < 0.0)) {
        return Err(SetupError::new("price", "a price per million tokens is a number from 0 up"));
    }
    let endpoint = Endpoint {
        url,
        headers,
        query,
        limits: Limits {
            total: options.timeout.unwrap_or(Duration::from_secs(120)),
            connect: options.connect_timeout.unwrap_or(Duration::from_secs(10)),
            read: options.read_timeout,
        },
        max_answer: options.max_answer.unwrap_or(1_000_000),
        secrets: gathered.secrets.clone(),
    };
    let in_flight = options.limits.in_flight.map_or(8, NonZeroUsize::get);
    let number = |limit: NonZeroUsize| limit.get() as u64;
    let configuration = json!({
        "url": endpoint.url,
        "model": options.model,
        "headers": options.headers,
        "query": options.query,
        "params": params,
        "prompt": hash(prompt_text.as_bytes()),
    });
    Ok(Box::new(Http {
        agent: endpoint.agent(in_flight),
        endpoint,
        in_flight,
        throttle: Throttle::new(in_flight, options.limits.rpm.map(number), options.limits.tpm.map(number)),
        model: options.model,
        params,
        send_seed: options.seed,
        prompt,
        max_source: options.max_source.map(NonZeroUsize::get),
        steps: options.clean,
        price: options.price,
        retries: options.retries.unwrap_or(4),
        backoff: options.backoff.unwrap_or(Duration::from_millis(500)),
        max_wait: options.max_wait.unwrap_or(Duration::from_secs(300)),
        secrets: gathered.secrets,
        unavailable: gathered.missing,
        configuration,
    }))
}

/// The address of chat completions below a base URL.
pub(super) fn address(url: &str) -> Result<String, SetupError> {
    let error = |message: &str| Err(SetupError::new("url", message));
    let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")) else {
        return error("`url` begins with http:// or https://");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return error("`url` names no host");
    }
    if authority.contains('@') {
        return error("`url` holds a user or password; give them in `headers` as { env = \"NAME\" }");
    }
    if rest.contains(['?', '#']) {
        return error("`url` holds a query; give its parameters in `query`");
    }
    let base = rest.trim_end_matches('/');
    let path = if base.ends_with("/chat/completions") { "" } else { "/chat/completions" };
    Ok(format!("{scheme}://{base}{path}"))
}

fn headers(
    options: &Options,
    root: &Path,
    gathered: &mut Gathered,
) -> Result<Vec<(HeaderName, HeaderValue)>, SetupError> {
    let mut headers = Vec::new();
    if let Some(key) = gathered.key(options, root)? {
        let place = if options.key_env.is_some() { "key_env" } else { "key_file" };
        headers.push((ureq::http::header::AUTHORIZATION, secret_value(&format!("Bearer {key}"), place)?));
    }
    for (name, given) in &options.headers {
        let place = format!("headers.{name}");
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| SetupError::new(&place, format!("`{name}` is no header's name")))?;
        if matches!(given, Given::Literal(_)) && SECRET_HEADERS.contains(&header.as_str()) {
            let message = format!("a secret does not belong in a suite; write `{name} = {{ env = \"NAME\" }}`");
            return Err(SetupError::new(place, message));
        }
        let value = gathered.value(given);
        headers.push((header, secret_value(&value, &place)?));
    }
    Ok(headers)
}

/// A header's value, which no error shows.
fn secret_value(value: &str, place: &str) -> Result<HeaderValue, SetupError> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| SetupError::new(place, "the value holds characters that no header may hold (a line break?)"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn prompt(options: &Options, root: &Path) -> Result<(String, Prompt), SetupError> {
    let (name, text) = match &options.prompt {
        None => ("the default prompt".to_owned(), prompt::DEFAULT.to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(root.join(path)).map_err(|error| {
                SetupError::new("prompt", format!("cannot read `{name}`: {error}; paths are relative to the suite"))
            })?;
            (name, text)
        }
    };
    let prompt = Prompt::new(&name, &text).map_err(|message| SetupError::new("prompt", message))?;
    Ok((text, prompt))
}

fn params(options: &Options) -> Result<Map<String, Value>, SetupError> {
    let mut params = Map::new();
    for (name, value) in &options.params {
        let place = format!("params.{name}");
        if OWN_FIELDS.contains(&name.as_str()) || (options.seed && name == "seed") {
            return Err(SetupError::new(place, format!("`{name}` is set by epitome; leave it out")));
        }
        let value = as_json(value).ok_or_else(|| SetupError::new(&place, "JSON has no dates, `nan` or `inf`"))?;
        params.insert(name.clone(), value);
    }
    Ok(params)
}

/// A TOML value as JSON, where JSON has one.
fn as_json(value: &toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => text.clone().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => serde_json::Number::from_f64(*number)?.into(),
        toml::Value::Boolean(truth) => (*truth).into(),
        toml::Value::Datetime(_) => return None,
        toml::Value::Array(values) => values.iter().map(as_json).collect::<Option<_>>()?,
        toml::Value::Table(table) => {
            let fields = table.iter().map(|(name, value)| Some((name.clone(), as_json(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
    })
}
