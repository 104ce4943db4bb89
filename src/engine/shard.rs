//! A share of a suite's articles, for machines that work side by side.

use std::fmt;
use std::str::FromStr;

use crate::stats::rng::Purpose;

/// One of several parts that a suite is divided into. All items of an article are in one shard, by a hash of the article's
/// dataset and id alone: neither order nor number of the articles moves any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// A shard that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard; write 3/16 for the third of sixteen (the first is 1/16)")]
pub struct ShardError(String);

impl Shard {
    /// The shard of a number, counted from 1.
    pub fn new(number: u32, of: u32) -> Result<Self, ShardError> {
        if number == 0 || number > of { Err(ShardError(format!("{number}/{of}"))) } else { Ok(Shard { number, of }) }
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether an article belongs to it.
    pub fn takes(self, dataset: &str, id: &str) -> bool {
        // SHA-256, not the seed's: the same article is in the same shard whatever the suite says.
        let hash = Purpose::new(0, &format!("shard/{dataset}/{id}")).number(0);
        hash % u64::from(self.of) == u64::from(self.number - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let error = || ShardError(text.to_owned());
        let (number, of) = text.split_once('/').ok_or_else(error)?;
        let (number, of) = (number.parse().map_err(|_| error())?, of.parse().map_err(|_| error())?);
        Shard::new(number, of).map_err(|_| error())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_article_is_in_one_shard(dataset in ".{0,8}", id in ".{0,12}", of in 1u32..40) {
            let taken = (1..=of).filter(|n| Shard::new(*n, of).expect("a shard").takes(&dataset, &id)).count();
            prop_assert_eq!(taken, 1);
        }
    }

    #[test]
    fn shards_are_of_like_size() {
        let shard = Shard::new(3, 16).expect("a shard");
        let taken = (0..16_000).filter(|id| shard.takes("news", &id.to_string())).count();
        assert!((850..1150).contains(&taken), "{taken} of 1000 expected");
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["0/4", "5/4", "3", "a/b", "3/0", "-1/4", "1/4/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("4/4".parse::<Shard>().expect("a shard").to_string(), "4/4");
    }
}
