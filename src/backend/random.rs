//! `random`: sentences drawn at random, in the order of the article.
//!
//! The floor: what a summarizer must beat to have understood anything. Each item draws from its own seed, so that a
//! result depends on neither order nor threads, and several samples differ. Costs nothing.
//!
//! Options: `sentences` or `characters`, `separator` (see [`super::extract`]).
//!
//! ```
//! # use epitome::{backend::{Request, Setup, kind}, model::Article};
//! let options = toml::toml! { sentences = 1 };
//! let setup = Setup { system: "random", options: &options, root: ".".as_ref() };
//! let random = (kind("random").unwrap().build)(&setup).unwrap();
//! let article: Article = serde_json::from_str(r#"{"id": "1", "source": "One. Two. Three."}"#).unwrap();
//! let request = Request { dataset: "news", article: &article, references: &[], sample: 0, seed: 7, stop: None };
//! let drawn = random.summarize(&request).unwrap();
//! assert_eq!(drawn, random.summarize(&request).unwrap());
//! assert!(["One.", "Two.", "Three."].contains(&drawn.text.as_str()));
//! ```

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::extract::{Extract, Unfit, sentences};
use super::{Kind, Request, Setup, SetupError, Summarizer, Unwritten, Written};

/// Entry.
pub static KIND: Kind = Kind {
    name: "random",
    about: "sentences drawn at random, in text order: the floor",
    source: "the random baseline of extractive summarization",
    example: "[[system]]\nname = \"random-3\"\nbackend = \"random\"\nsentences = 3\n",
    build,
};

fn build(setup: &Setup<'_>) -> Result<Box<dyn Summarizer>, SetupError> {
    Ok(Box::new(Random { extract: Extract::of(setup)? }))
}

struct Random {
    extract: Extract,
}

impl Summarizer for Random {
    fn summarize(&self, request: &Request<'_>) -> Result<Written, Unwritten> {
        let sentences = sentences(request)?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(request.seed);
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        for i in 0..order.len() {
            let j = i + below(&mut rng, order.len() - i);
            order.swap(i, j);
        }
        Ok(self.extract.summarize(&request.article.source, &sentences, order, Unfit::Skip))
    }
}

/// A number below `bound`, each equally likely (Lemire 2019, with rejection).
fn below(rng: &mut impl Rng, bound: usize) -> usize {
    let bound = bound as u64;
    let rejected = bound.wrapping_neg() % bound;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(bound);
        if product as u64 >= rejected {
            return (product >> 64) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{ask_seeded, build};

    #[test]
    fn a_seed_decides_and_every_sentence_has_its_chance() {
        let random = build("random", "sentences = 2");
        let text = "一。二。三。四。";
        let mut drawn = std::collections::BTreeMap::new();
        for seed in 0..600 {
            let summary = ask_seeded(&random, text, seed).expect("the article has sentences");
            assert_eq!(ask_seeded(&random, text, seed).as_ref(), Ok(&summary));
            *drawn.entry(summary).or_insert(0) += 1;
        }
        assert_eq!(drawn.len(), 6, "six pairs in text order: {drawn:?}");
        assert!(drawn.values().all(|&n| (60..140).contains(&n)), "{drawn:?}");
    }

    #[test]
    fn it_takes_all_where_there_are_few() {
        let random = build("random", "sentences = 5");
        assert_eq!(ask_seeded(&random, "One. Two.", 3).as_deref(), Ok("One. Two."));
    }

    #[test]
    fn bounded_numbers_stay_below_their_bound() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        assert!((1..2000).all(|bound| below(&mut rng, bound) < bound));
    }
}
