//! ROUGE as the script ROUGE-1.5.5 computes it: N, L, W, S and SU, with its options, rounding and averages.
//!
//! C.-Y. Lin's Perl script of 2005, behind the figures of DUC, TAC and the papers up to about 2018. It differs from
//! rouge-score in stemming, in joining references and in rounding; its quirks are kept, for they decide the digits:
//!
//! - Bytes, not characters: ASCII letters and digits are words, everything else parts them.
//! - R and P are rounded to five decimals, F = PR / ((1 - α)P + αR) comes from the rounded ones and is rounded again.
//! - Several references: hits and counts are summed ([`Formula::Average`]), the candidate's once a reference; or the
//!   reference with the best recall is taken ([`Formula::Best`]).
//! - `L` is line by line (rouge-score's `rougeLsum`); for `rougeL` put the text on one line.
//! - `W` weights runs of consecutive matches on the reference's side only, and its recall's denominator twice, so that
//!   identical texts stay below 1. A reference without words has no `W` at all (the script dies).
//! - `S` and `SU` never count the last word alone: a text of one word scores 0 against itself.
//! - Limits in words count a leading space as a word and cut references, too; limits in bytes cut `L` and `W`
//!   elsewhere than `N` and `S`.
//! - The script's printed averages are means over its own resamples: [`averages`].
//!
//! Cost: `S` and `SU` without a gap limit are quadratic in the words, `W` in words × words; both are refused beyond
//! [`MAX_CELLS`].
//!
//! ```
//! use epitome::metric::rouge::rouge155::{Kind, Rouge155};
//!
//! let rouge = Rouge155::new([Kind::N(1), Kind::SU(Some(4))]);
//! let scores = rouge.score(&["the cat sat down"], "the cat was sitting down");
//! let rouge1 = scores[0].unwrap().rounded(0.5);
//! assert_eq!((rouge1.recall, rouge1.precision, rouge1.f1), (0.75, 0.6, 0.66667));
//! ```

mod average;
mod family;
mod stem;
mod text;

use std::collections::HashMap;

use super::Prf;
use super::lcs::Lcs;
use crate::metric::ngram::{Grams, Numbering};

pub use average::{Averages, averages};
pub(super) use family::{answers, build_one};
pub use stem::stem;

use text::{Text, Words};

/// Table cells or word pairs beyond which `W`, `S` and `SU` are refused.
pub const MAX_CELLS: usize = 200_000_000;

/// A member of the family, as the script knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// N-grams of an order from 1 to 9 (`-n`).
    N(u8),
    /// Longest common subsequences, line by line.
    L,
    /// The same with runs weighted by this power (`-w`), above 1.
    W(f64),
    /// Pairs of words with at most so many between them (`-2`); any number where `None`.
    S(Option<usize>),
    /// Such pairs and words alone (`-u`).
    SU(Option<usize>),
}

/// How long texts may be; the rest is cut off, references included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Words between white space (`-l`).
    Words(usize),
    /// Bytes (`-b`).
    Bytes(usize),
}

/// How several references make one score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// Their counts are summed (`-f A`).
    #[default]
    Average,
    /// The one with the best recall counts (`-f B`), the first on ties.
    Best,
}

/// What a pair came to: units of the references, of the candidate, and matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Units of the references.
    pub model: f64,
    /// Units of the candidate, once a reference.
    pub peer: f64,
    /// Units that match.
    pub hit: f64,
    /// The power to whose root ratios are taken: 1 but for `W`.
    pub power: f64,
}

impl Counts {
    /// Recall and precision at full precision, and their F by `alpha`.
    pub fn exact(&self, alpha: f64) -> Prf {
        self.scores(alpha, |x| x)
    }

    /// The script's own figures, rounded to five decimals at each step.
    pub fn rounded(&self, alpha: f64) -> Prf {
        self.scores(alpha, five_decimals)
    }

    fn scores(&self, alpha: f64, round: fn(f64) -> f64) -> Prf {
        let ratio = |base: f64| if base == 0.0 { 0.0 } else { round((self.hit / base).powf(1.0 / self.power)) };
        let (recall, precision) = (ratio(self.model), ratio(self.peer));
        let weighted = (1.0 - alpha) * precision + alpha * recall;
        Prf { precision, recall, f1: if weighted > 0.0 { round(precision * recall / weighted) } else { 0.0 } }
    }
}

/// A number as `%.5f` prints it.
pub(super) fn five_decimals(x: f64) -> f64 {
    format!("{x:.5}").parse().unwrap_or(x)
}

/// A scorer, prepared once.
#[derive(Debug, Clone, PartialEq)]
pub struct Rouge155 {
    kinds: Vec<Kind>,
    /// Whether to stem (`-m`), and if so whether with WordNet's exceptions.
    stem: Option<bool>,
    stopwords: bool,
    limit: Option<Limit>,
    formula: Formula,
    see: bool,
}

impl Rouge155 {
    /// A scorer of some kinds without further options. An order outside 1 to 9 is brought within.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Self {
        let within = |kind| if let Kind::N(n) = kind { Kind::N(n.clamp(1, 9)) } else { kind };
        Rouge155 {
            kinds: kinds.into_iter().map(within).collect(),
            stem: None,
            stopwords: false,
            limit: None,
            formula: Formula::Average,
            see: false,
        }
    }

    /// Stems (`-m`). With `exceptions`, WordNet's irregular forms have their base; without, Porter's rules stand alone,
    /// as in the copies of the script whose database is empty.
    #[must_use]
    pub fn with_stemmer(mut self, exceptions: bool) -> Self {
        self.stem = Some(exceptions);
        self
    }

    /// Leaves out the SMART system's common words (`-s`).
    #[must_use]
    pub fn without_stopwords(mut self) -> Self {
        self.stopwords = true;
        self
    }

    /// Cuts all texts (`-l`, `-b`).
    #[must_use]
    pub fn with_limit(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Joins references in another way (`-f`).
    #[must_use]
    pub fn with_formula(mut self, formula: Formula) -> Self {
        self.formula = formula;
        self
    }

    /// Reads texts as the SEE format does: a line up to its first `<`.
    #[must_use]
    pub fn with_see_markup(mut self) -> Self {
        self.see = true;
        self
    }

    /// Scores a candidate against its references, by each kind in order. `None` where a kind has no score: `W` with a
    /// reference without words, or texts too long for `W`, `S` or `SU`.
    pub fn score(&self, references: &[&str], candidate: &str) -> Vec<Option<Counts>> {
        let mut words = Words::default();
        let peer = text::read(self, candidate, &mut words);
        let models: Vec<Text> = references.iter().map(|model| text::read(self, model, &mut words)).collect();
        let mut comparer = Comparer { vocabulary: words.len(), ..Comparer::default() };
        self.kinds
            .iter()
            .map(|kind| self.join(models.iter().map(|model| comparer.compare(*kind, model, &peer))))
            .collect()
    }

    /// Scores a candidate against all references but one, for each of them, and takes the mean of the script's figures
    /// (jackknifing, which the script leaves to its configuration). A single reference is scored as it is.
    pub fn jackknife(&self, references: &[&str], candidate: &str, alpha: f64) -> Vec<Option<Prf>> {
        let scores = |references: &[&str]| -> Vec<Option<Prf>> {
            self.score(references, candidate).into_iter().map(|counts| Some(counts?.rounded(alpha))).collect()
        };
        if references.len() < 2 {
            return scores(references);
        }
        let mut sums = vec![Some(Prf::default()); self.kinds.len()];
        for left_out in 0..references.len() {
            let rest: Vec<&str> =
                references.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, text)| *text).collect();
            for (sum, score) in sums.iter_mut().zip(scores(&rest)) {
                *sum = sum.zip(score).map(|(sum, score)| Prf {
                    precision: sum.precision + score.precision,
                    recall: sum.recall + score.recall,
                    f1: sum.f1 + score.f1,
                });
            }
        }
        let n = references.len() as f64;
        let mean = |sum: Prf| Prf { precision: sum.precision / n, recall: sum.recall / n, f1: sum.f1 / n };
        sums.into_iter().map(|sum| sum.map(mean)).collect()
    }

    fn join(&self, counts: impl Iterator<Item = Option<Counts>>) -> Option<Counts> {
        let counts: Vec<Counts> = counts.collect::<Option<_>>()?;
        // References are ranked by their recall before W's second weighting of the denominator.
        let recall = |c: &Counts| if c.model > 0.0 { c.hit / c.model.powf(1.0 / c.power) } else { 0.0 };
        match self.formula {
            Formula::Average => counts.into_iter().reduce(|a, b| Counts {
                model: a.model + b.model,
                peer: a.peer + b.peer,
                hit: a.hit + b.hit,
                power: a.power,
            }),
            Formula::Best => counts.into_iter().reduce(|a, b| if recall(&b) > recall(&a) { b } else { a }),
        }
    }
}

/// Compares the texts of one evaluation.
#[derive(Debug, Default)]
struct Comparer {
    vocabulary: usize,
    numbering: Numbering,
    grams: Grams,
    lcs: Lcs,
}

impl Comparer {
    fn compare(&mut self, kind: Kind, model: &Text, peer: &Text) -> Option<Counts> {
        let plain = |model: usize, peer: usize, hit: usize| {
            Some(Counts { model: model as f64, peer: peer as f64, hit: hit as f64, power: 1.0 })
        };
        match kind {
            Kind::N(order) => {
                let order = usize::from(order);
                let grams = |words: &[u32]| (words.len() + 1).saturating_sub(order);
                plain(grams(&model.words), grams(&peer.words), self.shared_grams(order, model, peer))
            }
            Kind::L => {
                let mut left = Left::new(model, peer, self.vocabulary);
                let mut hit = 0;
                for sentence in &model.sentences {
                    let marked = self.mark(sentence, peer);
                    hit += sentence.iter().zip(marked).filter(|(word, marked)| *marked && left.take(**word)).count();
                }
                plain(model.sentences.iter().map(Vec::len).sum(), peer.words.len(), hit)
            }
            Kind::W(power) => self.weighted(power, model, peer),
            Kind::S(gap) | Kind::SU(gap) => {
                let alone = matches!(kind, Kind::SU(_));
                let (ours, theirs) = (skips(&model.words, gap, alone)?, skips(&peer.words, gap, alone)?);
                let hit = ours.iter().map(|(pair, count)| (*count).min(theirs.get(pair).copied().unwrap_or(0))).sum();
                plain(ours.values().sum(), theirs.values().sum(), hit)
            }
        }
    }

    fn shared_grams(&mut self, order: usize, model: &Text, peer: &Text) -> usize {
        let (mut base, mut in_base, mut other, mut in_other) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.numbering.base(&model.words, self.vocabulary, &mut base, &mut in_base);
        self.numbering.other(&peer.words, in_base.len(), &mut other, &mut in_other);
        let mut hits = vec![0; order];
        hits[0] = in_base.iter().zip(&in_other).map(|(a, b)| *a.min(b) as usize).sum();
        self.grams.shared(&base, &other, &mut hits);
        hits[order - 1]
    }

    /// The words of a sentence that belong to the union of its LCS with each of the candidate's sentences.
    fn mark(&mut self, sentence: &[u32], peer: &Text) -> Vec<bool> {
        let mut bits = vec![0u64; sentence.len().div_ceil(64)];
        for other in peer.sentences.iter().filter(|other| !other.is_empty() && !sentence.is_empty()) {
            self.lcs.mark(sentence, other, self.vocabulary, &mut bits);
        }
        (0..sentence.len()).map(|at| bits[at / 64] >> (at % 64) & 1 == 1).collect()
    }

    fn weighted(&self, power: f64, model: &Text, peer: &Text) -> Option<Counts> {
        let weight = |run: usize| (run as f64).powf(power);
        let longest = |text: &Text| text.sentences.iter().map(Vec::len).max().unwrap_or(0);
        let cells = longest(model).saturating_mul(longest(peer));
        let base: f64 = model.sentences.iter().map(|sentence| weight(sentence.len())).sum();
        if base == 0.0 || cells > MAX_CELLS {
            return None;
        }
        let mut left = Left::new(model, peer, self.vocabulary);
        let mut hit = 0.0;
        for sentence in &model.sentences {
            let mut marks = vec![false; sentence.len()];
            peer.sentences.iter().for_each(|other| mark_weighted(sentence, other, weight, &mut marks));
            // A run ends where the last of its words counts; where that one was used up before, the run goes on with
            // the next that counts, or is lost.
            let mut run = 0;
            for (at, word) in sentence.iter().enumerate() {
                if marks[at] && left.take(*word) {
                    run += 1;
                    if marks.get(at + 1) != Some(&true) {
                        hit += weight(run);
                        run = 0;
                    }
                }
            }
        }
        Some(Counts { model: base.powf(power), peer: weight(peer.words.len()), hit, power })
    }
}

/// Occurrences of each word that neither text has used up.
struct Left(Vec<usize>);

impl Left {
    fn new(model: &Text, peer: &Text, vocabulary: usize) -> Self {
        let count = |text: &Text| {
            let mut counts = vec![0; vocabulary];
            text.words.iter().for_each(|word| counts[*word as usize] += 1);
            counts
        };
        Left(count(model).into_iter().zip(count(peer)).map(|(a, b): (usize, usize)| a.min(b)).collect())
    }

    /// Uses up one occurrence, where there is one.
    fn take(&mut self, word: u32) -> bool {
        let left = &mut self.0[word as usize];
        let had = *left > 0;
        *left -= usize::from(had);
        had
    }
}

/// Marks the rows of the weighted longest common subsequence (Lin 2004, figure 1).
fn mark_weighted(rows: &[u32], columns: &[u32], weight: impl Fn(usize) -> f64, marks: &mut [bool]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Way {
        Both,
        Up,
        Left,
    }
    let width = columns.len() + 1;
    let mut ways = vec![Way::Up; rows.len() * columns.len()];
    let (mut above, mut here) = (vec![(0.0f64, 0usize); width], vec![(0.0f64, 0usize); width]);
    let weights: Vec<f64> = (0..=rows.len().min(columns.len()) + 1).map(weight).collect();
    for (row, word) in rows.iter().enumerate() {
        for (column, other) in columns.iter().enumerate() {
            let (way, cell) = if word == other {
                let (value, run) = above[column];
                (Way::Both, (value + weights[run + 1] - weights[run], run + 1))
            } else if above[column + 1].0 >= here[column].0 {
                (Way::Up, (above[column + 1].0, 0))
            } else {
                (Way::Left, (here[column].0, 0))
            };
            ways[row * columns.len() + column] = way;
            here[column + 1] = cell;
        }
        std::mem::swap(&mut above, &mut here);
    }
    let (mut row, mut column) = (rows.len(), columns.len());
    while row > 0 && column > 0 {
        let way = ways[(row - 1) * columns.len() + column - 1];
        row -= usize::from(way != Way::Left);
        column -= usize::from(way != Way::Up);
        if way == Way::Both {
            marks[row] = true;
        }
    }
}

/// Counts pairs of words with at most `gap` between them, and words that are not the last, where asked. `None` where
/// there are too many.
fn skips(words: &[u32], gap: Option<usize>, alone: bool) -> Option<HashMap<(u32, u32), usize>> {
    let reach = gap.map_or(usize::MAX, |gap| gap.saturating_add(1));
    if words.len().saturating_mul(reach.min(words.len())) > MAX_CELLS {
        return None;
    }
    let mut counts = HashMap::new();
    for (at, word) in words.iter().enumerate().take(words.len().saturating_sub(1)) {
        if alone {
            *counts.entry((*word, u32::MAX)).or_default() += 1;
        }
        for other in words[at + 1..].iter().take(reach) {
            *counts.entry((*word, *other)).or_default() += 1;
        }
    }
    Some(counts)
}
