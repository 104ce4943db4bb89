//! One request to the server, and what came of it.

use std::time::{Duration, SystemTime};

use ureq::http::{HeaderName, HeaderValue};
use ureq::{Agent, Error, Timeout};

use super::answer::{Miss, Reply, refusal};
use super::retry;
use crate::backend::measure::shown;
use crate::backend::secret::Secrets;
use crate::model::FailureKind;

/// Where requests go, and with what.
#[derive(Debug)]
pub struct Endpoint {
    /// The address of chat completions.
    pub url: String,
    /// Headers of every request, the key's among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Query parameters of every request.
    pub query: Vec<(String, String)>,
    /// Time limits.
    pub limits: Limits,
    /// The largest answer, in bytes.
    pub max_answer: usize,
    /// What is taken out of all that the server sends, before anything is made of it.
    pub secrets: Secrets,
}

/// Time limits of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For all of it.
    pub total: Duration,
    /// For the connection.
    pub connect: Duration,
    /// Between two pieces of the answer.
    pub read: Option<Duration>,
}

/// So much of an error's body is read.
const ERROR_BODY: u64 = 64 * 1024;

impl Endpoint {
    /// A client that keeps as many connections as there are requests at once.
    pub fn agent(&self, in_flight: usize) -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A key is not carried to where it was not sent.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(self.limits.total))
            .timeout_connect(Some(self.limits.connect))
            .timeout_per_read(self.limits.read)
            .max_idle_connections(in_flight)
            .max_idle_connections_per_host(in_flight)
            .user_agent(concat!("epitome/", env!("CARGO_PKG_VERSION")));
        let local = self.url.split("://").nth(1).unwrap_or_default();
        let local = ["localhost", "127.", "[::1]"].iter().any(|host| local.starts_with(host));
        // A proxy of the environment does not reach this machine's own servers.
        let config = if local { config.proxy(None) } else { config };
        config.build().new_agent()
    }

    /// Sends a body and reads the answer.
    pub fn ask(&self, agent: &Agent, body: &[u8]) -> Result<Reply, Miss> {
        let mut request = agent.post(&self.url).content_type("application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in &self.query {
            request = request.query(name, value);
        }
        let mut response = request.send(body).map_err(|error| self.lost(&error))?;
        let status = response.status().as_u16();
        let pause = retry::asked(response.headers(), SystemTime::now());
        let limit = if status == 200 { self.max_answer as u64 } else { ERROR_BODY };
        let read = response.body_mut().with_config().limit(limit).read_to_vec();
        match (status, read) {
            (200, Ok(body)) => Reply::read(&self.redact(body)),
            (200, Err(error)) => Err(self.lost(&error)),
            // What an error says is of use but not needed.
            (_, read) => Err(self.hint(status, refusal(status, &self.redact(read.unwrap_or_default()), pause))),
        }
    }

    /// A body without secrets. One that is no UTF-8 becomes no answer, and its words are taken apart later.
    fn redact(&self, body: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(body) {
            Ok(text) => self.secrets.redact(text).into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }

    /// Adds what to do to what no retry mends.
    fn hint(&self, status: u16, mut miss: Miss) -> Miss {
        let hint = match status {
            401 | 403 if miss.failure.kind == FailureKind::Status => "; is the key right?".to_owned(),
            404 if miss.failure.kind == FailureKind::Status => format!("; asked at {}", self.url),
            300..=399 => "; redirects are not followed, give the final `url`".to_owned(),
            _ => return miss,
        };
        miss.failure.message.push_str(&hint);
        miss
    }

    /// What the failure of a transfer means.
    fn lost(&self, error: &Error) -> Miss {
        use FailureKind::{Malformed, Timeout as Late, TooLarge, Transport};
        match error {
            Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                Miss::later(Late, format!("no connection within {}", shown(self.limits.connect)))
            }
            Error::Timeout(Timeout::PerRead) => {
                let gap = self.limits.read.unwrap_or(self.limits.total);
                Miss::later(Late, format!("nothing came for {}", shown(gap)))
            }
            Error::Timeout(_) => Miss::later(Late, format!("no whole answer within {}", shown(self.limits.total))),
            Error::BodyExceedsLimit(limit) => {
                Miss::never(TooLarge, format!("the answer has more than {limit} bytes; raise `max_answer`?"))
            }
            Error::LargeResponseHeader(..) => Miss::never(Malformed, "the answer's headers are too large"),
            Error::Io(_)
            | Error::HostNotFound
            | Error::ConnectionFailed
            | Error::Protocol(_)
            | Error::Decompress(..) => Miss::later(Transport, error.to_string()),
            // The rest (certificates, addresses, proxies) is as it is set up.
            _ => Miss::never(Transport, error.to_string()),
        }
    }
}
