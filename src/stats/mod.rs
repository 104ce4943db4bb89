//! Statistics of evaluation: resampling, intervals, paired comparison, correlation.
//!
//! Everything here sees rows of numbers, never text. A row is an article (its samples averaged first): articles are
//! what inference is about. Streams of random numbers are derived from seed, purpose and replicate ([`rng`]), so that
//! no result depends on the number of threads or on the order of work.

pub mod agreement;
pub mod compat;
pub mod correlation;
pub mod distribution;
pub mod interval;
pub mod kendall;
pub mod levels;
pub mod multiple;
pub mod paired;
pub mod pairwise;
pub mod permutation;
pub mod poisson;
pub mod power;
pub mod resample;
pub mod rng;
