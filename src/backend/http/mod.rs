//! `http`: a model behind an OpenAI-compatible chat completions server (OpenAI, vLLM, Ollama, llama.cpp, DeepSeek, Qwen, …).
//!
//! Requests go out on threads, as many at once as `limits.in_flight` allows and the server bears ([`throttle`]). What may pass (a
//! lost connection, a time limit, 429, 5xx, an answer that is no JSON) is tried again, up to `retries` times an item, with growing
//! pauses, and not before the server's Retry-After is over. Everything else fails at once and under its own name: `refused`,
//! `truncated` (the token limit), `context_exceeded`, `empty_output`, `malformed`, `too_large`, `status`.
//!
//! Keys come from the environment or a file, and show nowhere: what a server sends back of them is masked. Without its key a
//! system is not asked at all, and its items count as not evaluated.
//!
//! Options, beside `url` (up to `/v1`) and `model`:
//!
//! - `key_env` or `key_file`: where the bearer token is; neither for servers that want none.
//! - `headers`, `query`: a table of texts, or of `{ env = "NAME", prefix = "…" }` for values from the environment.
//! - `prompt`: a file ([`prompt`]); a plain one that asks for five sentences where left out.
//! - `params`: sampling parameters and whatever else the body is to hold (`temperature`, `max_tokens`, `top_p`, …);
//!   `seed = true` sends each item's own seed.
//! - `max_source`: at most so many characters of an article are shown, cut at a sentence's end; the record says so.
//! - `clean`: steps of cleaning ([`super::clean`]).
//! - `price`: per million tokens, `{ input = 0.5, output = 1.5 }`.
//! - `limits`: `in_flight` (8), `rpm` and `tpm` (requests and tokens a minute).
//! - `timeout` for an attempt (`"120s"`), `connect_timeout` (`"10s"`), `read_timeout` between two pieces of an answer (none).
//! - `retries` (4), `backoff`, the first pause (`"500ms"`), `max_wait`, the longest pause that a server may ask for (`"5m"`).
//! - `max_answer`, the largest answer (`"1MB"`).

pub mod answer;
mod call;
pub mod prompt;
mod retry;
mod settings;
pub mod throttle;

use std::borrow::Cow;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use super::clean::{self, Step};
use super::command::{inputs::hash, protocol};
use super::excerpt::shorten;
use super::secret::Secrets;
use super::trace::Price;
use super::{Cause, Estimate, Kind, Request, Summarizer, Trace, Unwritten, Usage, Written, extract, measure};
use crate::model::{Failure, FailureKind, Reason};
use crate::text::script;
use answer::{Again, Miss, Reply};
use call::Endpoint;
use prompt::{Message, Prompt};
use throttle::Throttle;

/// Entry.
pub static KIND: Kind = Kind {
    name: "http",
    about: "a model behind an OpenAI-compatible chat completions server",
    source: "OpenAI's chat completions API, as vLLM, Ollama, llama.cpp and others serve it",
    example: "[[system]]\nname = \"llm-a@p3\"\nbackend = \"http\"\nurl = \"https://host/v1\"\nmodel = \"some-model\"\n\
              key_env = \"LLM_A_KEY\"\nprompt = \"prompts/p3.md\"\nparams = { temperature = 0.2, max_tokens = 400 }\n\
              clean = [\"think\", \"fence\", \"label\"]\n",
    build: settings::build,
};

/// A model behind a server.
struct Http {
    endpoint: Endpoint,
    agent: Agent,
    in_flight: usize,
    throttle: Throttle,
    model: String,
    /// The body's fields beside model, messages and seed.
    params: serde_json::Map<String, Value>,
    send_seed: bool,
    prompt: Prompt,
    max_source: Option<usize>,
    steps: Vec<Step>,
    price: Option<Price>,
    retries: u32,
    backoff: Duration,
    max_wait: Duration,
    secrets: Secrets,
    /// Why no request can be made.
    unavailable: Option<Reason>,
    /// What of the options shapes an output, but for the messages.
    configuration: Value,
}

/// How often something that waits looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Tokens of an answer where no limit is given.
const USUAL_OUTPUT: u64 = 300;

impl Summarizer for Http {
    fn shape(&self) -> Value {
        json!({ "prompt's content": self.configuration["prompt"] })
    }

    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        if let Some(reason) = &self.unavailable {
            return Err(reason.clone().into());
        }
        let (source, shown) = self.shown(request);
        let messages = self.messages(request, &source)?;
        let body = self.body(request, &messages);
        let mut trace = Trace::default();
        let outcome = self
            .attempts(request, &messages, &body, &mut trace)
            .and_then(|reply| self.finish(reply, &mut trace))
            .map_err(|cause| cause.redacted(&self.secrets));
        match outcome {
            Ok(written) => Ok(Written { shown, trace: Box::new(trace), ..written }),
            Err(cause) => {
                trace.raw = trace.raw.map(|raw| self.secrets.redact(raw));
                Err(Unwritten { cause, trace: Box::new(trace) })
            }
        }
    }

    fn in_flight(&self) -> Option<usize> {
        Some(self.in_flight)
    }

    fn identity(&self, request: &Request<'_>) -> Option<Value> {
        let (source, _) = self.shown(request);
        let messages = self.messages(request, &source).ok()?;
        let mut identity = self.configuration.clone();
        identity["messages"] = hash(json!(messages).to_string().as_bytes()).into();
        identity["sample"] = request.sample.into();
        if self.send_seed {
            identity["seed"] = protocol::seed(request.seed).into();
        }
        Some(identity)
    }

    fn clean(&self, raw: &str) -> (String, Vec<&'static str>) {
        clean::clean(raw, &self.steps)
    }

    fn unavailable(&self) -> Option<Reason> {
        self.unavailable.clone()
    }

    fn estimate(&self, request: &Request<'_>) -> Option<Estimate> {
        let (source, _) = self.shown(request);
        let usage = self.expected(&self.messages(request, &source).ok()?);
        Some(Estimate { usage, cost: self.price.map(|price| price.of(usage)) })
    }
}

impl Http {
    /// What is shown of the article, and how many characters that is where it is not all.
    fn shown<'a>(&self, request: &Request<'a>) -> (Cow<'a, str>, Option<usize>) {
        let source = &request.article.source;
        match self.max_source {
            Some(limit) => match extract::beginning(source, limit) {
                part if part.len() < source.len() => (part.into(), Some(part.chars().count())),
                _ => (source.into(), None),
            },
            None => (source.into(), None),
        }
    }

    fn messages(&self, request: &Request<'_>, source: &str) -> Result<Vec<Message>, Failure> {
        // The suite's prompt does not fit this article (a field of `meta` that it lacks).
        self.prompt.render(request, source).map_err(|message| Failure::new(FailureKind::Malformed, message))
    }

    fn body(&self, request: &Request<'_>, messages: &[Message]) -> Vec<u8> {
        let mut body = json!({ "model": self.model, "messages": messages });
        if let Value::Object(body) = &mut body {
            body.extend(self.params.clone());
            if self.send_seed {
                body.insert("seed".into(), protocol::seed(request.seed).into());
            }
        }
        body.to_string().into_bytes()
    }

    /// Asks until an answer comes, or none will.
    fn attempts(
        &self,
        request: &Request<'_>,
        messages: &[Message],
        body: &[u8],
        trace: &mut Trace,
    ) -> Result<Reply, Cause> {
        let expected = self.expected(messages);
        let interrupted = || Cause::NotAsked(Request::interrupted());
        loop {
            let pass = self.throttle.enter(expected.input + expected.output, request).ok_or_else(interrupted)?;
            trace.attempts += 1;
            let Miss { failure, again } = match self.endpoint.ask(&self.agent, body) {
                Ok(reply) => {
                    pass.answered(reply.usage.map(|usage| usage.input + usage.output));
                    return Ok(reply);
                }
                Err(miss) => miss,
            };
            let asked = match again {
                Again::Never => return Err(Cause::Failed(failure)),
                Again::Later => {
                    drop(pass);
                    Duration::ZERO
                }
                Again::Slower(pause) => {
                    pass.overloaded(pause.filter(|pause| *pause <= self.max_wait));
                    pause.unwrap_or_default()
                }
            };
            if trace.attempts > self.retries {
                let message = format!("{} (asked {} times)", failure.message, trace.attempts);
                return Err(Cause::Failed(Failure { message, ..failure }));
            }
            if asked > self.max_wait {
                let (asked, most) = (measure::shown(asked), measure::shown(self.max_wait));
                let message =
                    format!("{}; it wants a pause of {asked}, more than `max_wait` ({most})", failure.message);
                return Err(Cause::Failed(Failure { message, ..failure }));
            }
            let until = Instant::now() + asked.max(retry::backoff(self.backoff, trace.attempts, request.seed));
            while Instant::now() < until {
                if request.stopped() {
                    return Err(interrupted());
                }
                thread::sleep(GLANCE.min(until.saturating_duration_since(Instant::now())));
            }
        }
    }

    fn finish(&self, reply: Reply, trace: &mut Trace) -> Result<Written, Cause> {
        trace.usage = reply.usage;
        trace.cost = reply.usage.zip(self.price).map(|(usage, price)| price.of(usage));
        trace.model = reply.model.as_deref().map(shorten);
        trace.finish_reason = reply.finish_reason.as_deref().map(shorten);
        let kept = |trace: &mut Trace| trace.raw = Some(reply.text.clone()).filter(|raw| !raw.trim().is_empty());
        let finished = match reply.finished() {
            Ok(finished) => finished,
            Err(failure) => {
                kept(trace);
                return Err(Cause::Failed(failure));
            }
        };
        let (text, cleaned) = self.clean(finished);
        if text.is_empty() {
            kept(trace);
            let message = "cleaning left nothing of the answer";
            return Err(Cause::Failed(Failure::new(FailureKind::EmptyOutput, message)));
        }
        let raw = (!cleaned.is_empty()).then(|| reply.text.clone());
        Ok(Written { text, raw, cleaned, ..Written::default() })
    }

    /// Tokens that a request is likely to take.
    fn expected(&self, messages: &[Message]) -> Usage {
        let limit = ["max_tokens", "max_completion_tokens"].iter().find_map(|name| self.params.get(*name)?.as_u64());
        Usage { input: messages.iter().map(|m| tokens(&m.content)).sum(), output: limit.unwrap_or(USUAL_OUTPUT) }
    }
}

/// Tokens of a text, by rule of thumb: one a Han character, one for four of any other, and a few for the frame.
fn tokens(text: &str) -> u64 {
    let (mut han, mut others) = (0u64, 0u64);
    for c in text.chars() {
        if script::is_han(c) { han += 1 } else { others += 1 }
    }
    han + others.div_ceil(4) + 4
}

#[cfg(test)]
mod tests;
