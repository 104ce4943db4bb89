//! Statistics of evaluation: resampling, intervals, paired comparison.
//!
//! Everything here sees rows of numbers, never text. A row is an article (its samples averaged first): articles are
//! what inference is about. Streams of random numbers are derived from seed, purpose and replicate ([`rng`]), so that
//! no result depends on the number of threads or on the order of work.

pub mod interval;
pub mod resample;
pub mod rng;
