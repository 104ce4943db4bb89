//! WordNet's files, as far as METEOR reads them: which words share a synset, and which form a word is of.
//!
//! G. A. Miller, "WordNet: a lexical database for English", CACM 38(11), 1995; the files of its version 3.0 are in
//! Debian's `wordnet-base`, in /usr/share/wordnet. Morphology is that of nltk's reader: a word's exceptions, or else its
//! endings replaced once, and the word itself. Loading reads some 20 MB in about half a second, once a folder.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Parts of speech with the endings that a form may lose, and what stands in their place.
const PARTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "noun",
        &[
            ("s", ""),
            ("ses", "s"),
            ("ves", "f"),
            ("xes", "x"),
            ("zes", "z"),
            ("ches", "ch"),
            ("shes", "sh"),
            ("men", "man"),
            ("ies", "y"),
        ],
    ),
    ("verb", &[("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")]),
    ("adj", &[("er", ""), ("est", ""), ("er", "e"), ("est", "e")]),
    ("adv", &[]),
];

/// A WordNet in memory.
#[derive(Debug, Default)]
pub struct WordNet {
    parts: [Part; 4],
    hash: String,
}

/// One part of speech.
#[derive(Debug, Default)]
struct Part {
    /// For each lemma the places of its synsets in the data file.
    index: HashMap<Box<str>, Box<[u32]>>,
    /// For each such place the words of the synset that are one word in lower case, which alone can match.
    synsets: HashMap<u32, Box<[Box<str>]>>,
    /// For each irregular form its lemmas.
    exceptions: HashMap<Box<str>, Box<[Box<str>]>>,
}

/// A folder that is no WordNet.
#[derive(Debug, thiserror::Error)]
pub enum WordNetError {
    /// A file is not there, or cannot be read.
    #[error("cannot read {}: {error}; a WordNet folder holds data.noun, index.noun, noun.exc and so on (Debian: wordnet-base)", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line is not of WordNet's format.
    #[error("{}:{line}: not a line of a WordNet file", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

impl WordNet {
    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Where a file is missing or not of the format.
    pub fn open(folder: &Path) -> Result<WordNet, WordNetError> {
        let mut wordnet = WordNet::default();
        let mut hash = Sha256::new();
        for (part, (name, _)) in wordnet.parts.iter_mut().zip(PARTS) {
            let mut each = |file: String, take: &mut dyn FnMut(&str) -> Option<()>| {
                let path = folder.join(file);
                let bytes = fs::read(&path).map_err(|error| WordNetError::Read { path: path.clone(), error })?;
                hash.update(&bytes);
                let text = String::from_utf8_lossy(&bytes);
                for (at, line) in text.lines().enumerate() {
                    // The licence stands at the head of each file, indented.
                    if !line.starts_with(' ') && !line.trim().is_empty() && take(line).is_none() {
                        return Err(WordNetError::Line { path, line: at + 1 });
                    }
                }
                Ok(())
            };
            each(format!("index.{name}"), &mut |line| {
                let mut words = line.split_whitespace();
                let lemma = words.next()?;
                let synsets: usize = words.nth(1)?.parse().ok()?;
                let pointers: usize = words.next()?.parse().ok()?;
                let places: Option<Vec<u32>> = words.skip(pointers + 2).take(synsets).map(|w| w.parse().ok()).collect();
                let places = places.filter(|places| places.len() == synsets)?;
                part.index.insert(lemma.into(), places.into());
                Some(())
            })?;
            each(format!("data.{name}"), &mut |line| {
                let mut words = line.split_whitespace();
                let place: u32 = words.next()?.parse().ok()?;
                let count = usize::from_str_radix(words.nth(2)?, 16).ok()?;
                let mut synonyms: Vec<Box<str>> = Vec::new();
                for _ in 0..count {
                    let word = words.next()?;
                    words.next()?;
                    // A marker such as `(a)` says where an adjective may stand.
                    let word = word.split('(').next().unwrap_or(word);
                    if !word.contains('_') && !word.chars().any(char::is_uppercase) {
                        synonyms.push(word.into());
                    }
                }
                part.synsets.insert(place, synonyms.into());
                Some(())
            })?;
            each(format!("{name}.exc"), &mut |line| {
                let mut words = line.split_whitespace();
                part.exceptions.insert(words.next()?.into(), words.map(Into::into).collect());
                Some(())
            })?;
        }
        wordnet.hash = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Ok(wordnet)
    }

    /// The first twelve hexadecimal digits of the SHA-256 of its files, for signatures.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Calls `found` with every single word that shares a synset with a lowercase word, in any of its forms and parts of
    /// speech; with some more than once.
    pub fn synonyms(&self, word: &str, mut found: impl FnMut(&str)) {
        for (part, (_, endings)) in self.parts.iter().zip(PARTS) {
            let mut of = |form: &str| {
                for place in part.index.get(form).into_iter().flatten() {
                    part.synsets.get(place).into_iter().flatten().for_each(|synonym| found(synonym));
                }
            };
            of(word);
            match part.exceptions.get(word) {
                Some(forms) => forms.iter().for_each(|form| of(form)),
                None => {
                    for (ending, instead) in endings {
                        if let Some(stem) = word.strip_suffix(ending) {
                            of(&format!("{stem}{instead}"));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
        for (name, _) in PARTS {
            write(&format!("index.{name}"), "  1 a licence\n");
            write(&format!("data.{name}"), "  1 a licence\n");
            write(&format!("{name}.exc"), "");
        }
        write(
            "index.noun",
            "  1 a licence\nbus n 1 2 @ ~ 1 1 00000010\ncoach n 1 1 @ 1 1 00000010\nmouse n 1 0 1 0 00000020\n",
        );
        write(
            "data.noun",
            "00000010 06 n 04 bus 0 Coach 0 motor_coach 0 coach 0 000 | a vehicle\n00000020 05 n 02 mouse 0 rodent 0 000 | small\n",
        );
        write("noun.exc", "mice mouse\n");
        write("data.adj", "00000030 00 a 01 asleep(p) 0 000 | not awake\n");
        write("index.adj", "asleep a 1 0 1 0 00000030\n");
        folder
    }

    fn synonyms(wordnet: &WordNet, word: &str) -> Vec<String> {
        let mut found = Vec::new();
        wordnet.synonyms(word, |synonym| found.push(synonym.to_owned()));
        found
    }

    #[test]
    fn forms_lead_to_their_synsets() {
        let folder = folder();
        let wordnet = WordNet::open(folder.path()).expect("a WordNet");
        assert_eq!(synonyms(&wordnet, "coach"), ["bus", "coach"]);
        assert_eq!(synonyms(&wordnet, "coaches"), ["bus", "coach"]);
        assert_eq!(synonyms(&wordnet, "mice"), ["mouse", "rodent"]);
        assert_eq!(synonyms(&wordnet, "asleep"), ["asleep"]);
        assert_eq!(synonyms(&wordnet, "tram"), [""; 0]);
        assert_eq!(wordnet.hash().len(), 12);
    }

    #[test]
    fn what_is_no_wordnet_is_named() {
        let folder = folder();
        fs::write(folder.path().join("index.verb"), "run v x\n").expect("a file");
        let error = WordNet::open(folder.path()).expect_err("a broken line").to_string();
        assert!(error.ends_with("index.verb:1: not a line of a WordNet file"), "{error}");
        fs::remove_file(folder.path().join("adj.exc")).expect("a file");
        fs::write(folder.path().join("index.verb"), "").expect("a file");
        let error = WordNet::open(folder.path()).expect_err("a missing file").to_string();
        assert!(error.contains("adj.exc") && error.contains("wordnet-base"), "{error}");
    }
}
