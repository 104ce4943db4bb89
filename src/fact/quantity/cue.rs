//! Words around a number, by role, from `cues.tsv`.

use std::collections::HashSet;

use crate::fact::forms::{Forms, cell, rows};

/// The words of a role, Chinese and English.
fn of(role: &'static str) -> impl Iterator<Item = &'static str> {
    let row = rows(include_str!("../data/cues.tsv")).find(|row| row[0] == role).unwrap_or_default();
    cell(&row, 1).chain(cell(&row, 2)).collect::<Vec<_>>().into_iter()
}

/// The words of a role, to be looked up in text.
pub(super) fn forms(role: &'static str) -> Forms<()> {
    Forms::new(of(role).map(|word| (word, ())))
}

/// The words of a role, to be looked for anywhere.
pub(crate) fn list(role: &'static str) -> Vec<&'static str> {
    of(role).collect()
}

/// The words of a role, to be held against a word.
pub(super) fn words(role: &'static str) -> HashSet<&'static str> {
    of(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_once_and_has_words() {
        let mut seen = HashSet::new();
        for row in rows(include_str!("../data/cues.tsv")) {
            assert!(seen.insert(row[0]), "{}", row[0]);
            assert!(of(row[0]).next().is_some(), "{}", row[0]);
        }
    }
}
