//! What a chat completions server answers, and what it means when it answers otherwise.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::backend::Usage;
use crate::backend::excerpt::shorten;
use crate::model::{Failure, FailureKind};

/// A completion, as far as it matters here.
#[derive(Debug, PartialEq)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// The words in which the model declined.
    pub refusal: Option<String>,
    /// Why the model stopped.
    pub finish_reason: Option<String>,
    /// The model's name.
    pub model: Option<String>,
    /// Tokens.
    pub usage: Option<Usage>,
}

/// An attempt that gave no completion.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// What it comes to, if it is the last.
    pub failure: Failure,
    /// Whether another may go better.
    pub again: Again,
}

/// Whether asking again may help.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Again {
    /// It will not.
    Never,
    /// It may.
    Later,
    /// It may, when less is asked; after the pause that the server wants.
    Slower(Option<Duration>),
}

impl Miss {
    /// A miss that asking again does not mend.
    pub fn never(kind: FailureKind, message: impl Into<String>) -> Self {
        Miss { failure: Failure::new(kind, message), again: Again::Never }
    }

    /// A miss that may pass.
    pub fn later(kind: FailureKind, message: impl Into<String>) -> Self {
        Miss { failure: Failure::new(kind, message), again: Again::Later }
    }
}

#[derive(Debug, Deserialize)]
struct Wire {
    #[serde(default)]
    choices: Vec<Choice>,
    model: Option<String>,
    usage: Option<WireUsage>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<Content>,
    refusal: Option<String>,
}

/// A text, or a list of parts of which some are text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireUsage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl Reply {
    /// Reads the body of an answer with status 200.
    pub fn read(body: &[u8]) -> Result<Reply, Miss> {
        let malformed = |what: &str| format!("{what}: `{}`", shorten(&String::from_utf8_lossy(body)));
        // A text cut short, or a proxy's page, may pass; JSON of another form will not.
        let value: Value = serde_json::from_slice(body)
            .map_err(|_| Miss::later(FailureKind::Malformed, malformed("the answer is no JSON")))?;
        if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
            let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
            return Err(refusal(status.unwrap_or(200), body, None));
        }
        let wire: Wire = serde_json::from_value(value).map_err(|e| {
            Miss::never(FailureKind::Malformed, malformed(&format!("the answer is no completion ({e})")))
        })?;
        let mut choices = wire.choices.into_iter();
        let Some(Choice { message: Some(message), finish_reason }) = choices.next() else {
            return Err(Miss::never(FailureKind::Malformed, malformed("the answer holds no message")));
        };
        let text = match message.content {
            None => String::new(),
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect(),
        };
        let usage = wire.usage.map(|u| Usage { input: u.prompt_tokens, output: u.completion_tokens });
        let refusal = message.refusal.filter(|refusal| !refusal.trim().is_empty());
        Ok(Reply { text, refusal, finish_reason, model: wire.model, usage })
    }

    /// The text, if the model finished it.
    pub fn finished(&self) -> Result<&str, Failure> {
        match (self.finish_reason.as_deref(), &self.refusal) {
            (_, Some(refusal)) => {
                Err(Failure::new(FailureKind::Refused, format!("the model declined: {}", shorten(refusal))))
            }
            (Some("content_filter"), _) => {
                Err(Failure::new(FailureKind::Refused, "a content filter stopped the answer"))
            }
            (Some("length" | "max_tokens"), _) => {
                let message = "the answer was cut off at its token limit; raise `max_tokens` in `params`?";
                Err(Failure::new(FailureKind::Truncated, message))
            }
            (reason, _) if self.text.trim().is_empty() => {
                let reason = reason.map(|r| format!(" (finish_reason `{}`)", shorten(r))).unwrap_or_default();
                Err(Failure::new(FailureKind::EmptyOutput, format!("the model answered with no text{reason}")))
            }
            _ => Ok(&self.text),
        }
    }
}

/// What an answer with an error means: one with a status other than 200, or with an `error` in its body.
pub fn refusal(status: u16, body: &[u8], pause: Option<Duration>) -> Miss {
    let (said, marks) = words(body);
    let colon = if said.is_empty() { "" } else { ": " };
    let message = format!("status {status}{colon}{said}");
    let holds = |list: &[&str]| list.iter().any(|mark| marks.contains(mark));
    if status != 429 && holds(&CONTEXT_EXCEEDED) {
        return Miss::never(FailureKind::ContextExceeded, message);
    }
    if holds(&["content_filter", "content_policy", "responsibleaipolicy"]) {
        return Miss::never(FailureKind::Refused, message);
    }
    // What is spent for the month does not come back in a minute.
    if status == 429 && holds(&["insufficient_quota", "billing"]) {
        return Miss::never(FailureKind::Status, message);
    }
    let failure = Failure::new(FailureKind::Status, message);
    let again = match status {
        429 | 503 | 529 => Again::Slower(pause),
        408 | 409 | 425 | 500 | 502 | 504 | 520..=524 => pause.map_or(Again::Later, |pause| Again::Slower(Some(pause))),
        _ => Again::Never,
    };
    Miss { failure, again }
}

static CONTEXT_EXCEEDED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    include_str!("context-exceeded.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// What an error's body says: for a person, and folded, with its codes, to look for marks in.
fn words(body: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(body);
    let folded = text.to_lowercase();
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return (shorten(&text), folded);
    };
    let said = [&value["error"]["message"], &value["error"], &value["message"], &value["detail"]]
        .into_iter()
        .find_map(Value::as_str)
        .map_or_else(|| shorten(&text), shorten);
    (said, folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions_are_read_in_each_form() {
        let reply = Reply::read(
            br#"{"id":"x","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"Rates rose."},
                "finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#,
        )
        .expect("it is a completion");
        assert_eq!(reply.finished(), Ok("Rates rose."));
        assert_eq!((reply.usage, reply.model.as_deref()), (Some(Usage { input: 9, output: 3 }), Some("m-1")));
        let parts = br#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}]}}]}"#;
        assert_eq!(Reply::read(parts).expect("it is a completion").finished(), Ok("ab"));
    }

    #[test]
    fn what_the_model_did_not_finish_is_a_failure_of_its_kind() {
        let kind = |choice: &str| {
            let body = format!(r#"{{"choices":[{choice}]}}"#);
            Reply::read(body.as_bytes()).expect("it is a completion").finished().expect_err("it is unfinished").kind
        };
        assert_eq!(kind(r#"{"message":{"content":"ab"},"finish_reason":"length"}"#), FailureKind::Truncated);
        assert_eq!(kind(r#"{"message":{"content":""},"finish_reason":"content_filter"}"#), FailureKind::Refused);
        assert_eq!(
            kind(r#"{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}"#),
            FailureKind::Refused
        );
        assert_eq!(kind(r#"{"message":{"content":" \n"},"finish_reason":"stop"}"#), FailureKind::EmptyOutput);
        assert_eq!(kind(r#"{"message":{"tool_calls":[]},"finish_reason":"tool_calls"}"#), FailureKind::EmptyOutput);
    }

    #[test]
    fn answers_that_are_no_completions_are_malformed() {
        let miss = |body: &str| Reply::read(body.as_bytes()).expect_err("it is none");
        for (body, again) in [
            (r#"{"choices":[{"mess"#, Again::Later),
            ("<html>502</html>", Again::Later),
            (r#"{"choices":[]}"#, Again::Never),
            (r#"{"choices":"none"}"#, Again::Never),
            ("[]", Again::Never),
            (r#"{"choices":[{"text":"old"}]}"#, Again::Never),
        ] {
            let miss = miss(body);
            assert_eq!((miss.failure.kind, miss.again), (FailureKind::Malformed, again), "{body}");
        }
        let inner = miss(r#"{"error":{"code":429,"message":"slow down"}}"#);
        assert_eq!((inner.failure.kind, inner.again), (FailureKind::Status, Again::Slower(None)));
        assert!(Reply::read(br#"{"error":null,"choices":[{"message":{"content":"x"}}]}"#).is_ok());
    }

    #[test]
    fn servers_of_many_makes_are_understood() {
        let of = |status, body: &str| {
            let miss = refusal(status, body.as_bytes(), None);
            (miss.failure.kind, miss.again)
        };
        use FailureKind::{ContextExceeded, Refused, Status};
        for (status, body, kind, again) in [
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
                ContextExceeded,
                Again::Never,
            ),
            (
                400,
                r#"{"object":"error","message":"This model's maximum context length is 4096 tokens","code":400}"#,
                ContextExceeded,
                Again::Never,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds","type":"exceed_context_size_error"}}"#,
                ContextExceeded,
                Again::Never,
            ),
            (400, r#"{"error":{"code":"content_filter","message":"filtered"}}"#, Refused, Again::Never),
            (
                429,
                r#"{"error":{"message":"Rate limit: too many input tokens per minute"}}"#,
                Status,
                Again::Slower(None),
            ),
            (
                429,
                r#"{"error":{"code":"insufficient_quota","message":"You exceeded your quota"}}"#,
                Status,
                Again::Never,
            ),
            (401, r#"{"error":{"message":"Incorrect API key"}}"#, Status, Again::Never),
            (404, r#"{"error":"model 'x' not found"}"#, Status, Again::Never),
            (422, r#"{"detail":"field required"}"#, Status, Again::Never),
            (500, "oops", Status, Again::Later),
            (503, "", Status, Again::Slower(None)),
        ] {
            assert_eq!(of(status, body), (kind, again), "{body}");
        }
        assert_eq!(
            refusal(404, br#"{"error":"model 'x' not found"}"#, None).failure.message,
            "status 404: model 'x' not found"
        );
        assert_eq!(refusal(503, b"", None).failure.message, "status 503");
        let pause = Some(Duration::from_secs(3));
        assert_eq!(refusal(500, b"", pause).again, Again::Slower(pause));
    }
}
