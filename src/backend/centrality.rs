//! The stationary scores of a random walk over a graph of sentences: PageRank (Brin & Page 1998) on weighted,
//! undirected edges, as TextRank and LexRank use it.

use crate::model::{Failure, FailureKind};

/// More sentences than these are refused: the graph grows with their square (100 MB at the limit).
pub const MOST_SENTENCES: usize = 5000;

/// Where successive scores differ by less in sum, the walk has settled.
const TOLERANCE: f64 = 1e-6;

/// The walk settles by the damping alone within so many steps.
const MOST_STEPS: usize = 1000;

/// Symmetric weights between sentences.
#[derive(Debug, Clone)]
pub struct Graph {
    size: usize,
    weights: Vec<f32>,
}

impl Graph {
    /// A graph of sentences without edges; a failure where they are too many for one.
    pub fn new(size: usize) -> Result<Self, Failure> {
        if size > MOST_SENTENCES {
            let message = format!(
                "the article has {size} sentences, more than the {MOST_SENTENCES} that can be compared with each other; \
                 use `lead` or `random` for it, or cut it into parts"
            );
            return Err(Failure::new(FailureKind::TooLarge, message));
        }
        Ok(Graph { size, weights: vec![0.0; size * size] })
    }

    /// The weights of a sentence's edges.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.weights[i * self.size..(i + 1) * self.size]
    }

    /// Adds to the weights between every two sentences that share a term: `product(a, b)` of its weights in both.
    /// The diagonal stays as it is.
    pub fn add_shared<T: Copy>(&mut self, postings: &[(u32, T)], product: impl Fn(T, T) -> f32) {
        for (at, &(i, a)) in postings.iter().enumerate() {
            let row = &mut self.weights[i as usize * self.size..(i as usize + 1) * self.size];
            for &(j, b) in &postings[at + 1..] {
                row[j as usize] += product(a, b);
            }
        }
    }

    /// Copies the weights above the diagonal below it, each changed by `finish(i, j, weight)`.
    pub fn mirror(&mut self, finish: impl Fn(usize, usize, f32) -> f32) {
        for i in 0..self.size {
            for j in i + 1..self.size {
                let weight = finish(i, j, self.weights[i * self.size + j]);
                self.weights[i * self.size + j] = weight;
                self.weights[j * self.size + i] = weight;
            }
        }
    }

    /// The sentences' scores: `(1 - damping) / n + damping · Σ w(i, j) / Σ w(j, ·) · score(j)`, by power iteration.
    pub fn scores(&self, damping: f64) -> Vec<f64> {
        let n = self.size as f64;
        let rows = || self.weights.chunks_exact(self.size.max(1));
        let degrees: Vec<f64> = rows().map(|row| row.iter().map(|&w| f64::from(w)).sum()).collect();
        let mut scores = vec![1.0 / n; self.size];
        let mut shares = vec![0.0; self.size];
        for _ in 0..MOST_STEPS {
            for (share, (score, degree)) in shares.iter_mut().zip(scores.iter().zip(&degrees)) {
                *share = if *degree > 0.0 { score / degree } else { 0.0 };
            }
            let mut change = 0.0;
            for (score, row) in scores.iter_mut().zip(rows()) {
                let received: f64 = row.iter().zip(&shares).map(|(&w, share)| f64::from(w) * share).sum();
                let next = (1.0 - damping) / n + damping * received;
                change += (next - *score).abs();
                *score = next;
            }
            if change < TOLERANCE {
                break;
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_scores_as_worked_out_by_hand() {
        // The centre c and two leaves l of equal weight: c = .05 + .85·2l, l = .05 + .85·c/2.
        let mut graph = Graph::new(3).expect("three are few");
        graph.row_mut(0)[1] = 2.0;
        graph.row_mut(0)[2] = 2.0;
        graph.mirror(|_, _, w| w);
        let scores = graph.scores(0.85);
        let centre = (0.05 + 1.7 * 0.05) / (1.0 - 0.85 * 0.85);
        assert!((scores[0] - centre).abs() < 1e-5, "{scores:?}");
        assert!((scores[1] - (0.05 + 0.425 * centre)).abs() < 1e-5);
        assert_eq!(scores[1], scores[2]);
    }

    #[test]
    fn a_sentence_without_edges_has_the_walks_start_alone() {
        let scores = Graph::new(2).expect("two are few").scores(0.85);
        assert!(scores.iter().all(|score| (score - 0.075).abs() < 1e-12));
    }

    #[test]
    fn too_many_sentences_are_a_failure_that_says_so() {
        let failure = Graph::new(MOST_SENTENCES + 1).expect_err("one too many");
        assert_eq!(failure.kind, FailureKind::TooLarge);
        assert!(failure.message.contains("5001"));
    }
}
