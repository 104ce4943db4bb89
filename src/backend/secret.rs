//! Values that must show nowhere: not in a record, a report, a cache, a log or an error.

use std::fmt;

/// Secrets that a backend holds, to be taken out of whatever leaves it.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

/// Shorter values (`0`, `true`) are no secrets, and would mangle text that holds them by chance.
const SHORTEST: usize = 6;

/// What stands in a secret's place.
const MASK: &str = "[secret]";

impl Secrets {
    /// Keeps a value secret, the white space around it left aside.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        if value.len() >= SHORTEST && !self.0.iter().any(|known| known == value) {
            self.0.push(value.to_owned());
            // The longest first, so that one that holds another goes whole.
            self.0.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        }
    }

    /// The text without the secrets.
    pub fn redact(&self, mut text: String) -> String {
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        text
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_no_trace() {
        let mut secrets = Secrets::default();
        secrets.add("sk-1234");
        secrets.add(" sk-1234567890\n");
        secrets.add("0");
        assert_eq!(secrets.redact("sk-1234567890, sk-1234 and 0".into()), "[secret], [secret] and 0");
        assert!(!format!("{secrets:?}").contains("1234"));
    }
}
