//! Other programs' resampling, reproduced to the draw.
//!
//! sacreBLEU and rouge-score draw from numpy's generators; their published p-values and intervals can only be had
//! again from the same streams. What stands here follows them in every step, flaws included (see [`sacrebleu`]).
//! epitome's own figures never come from here.

pub mod mt19937;
pub mod pcg64;
pub mod rouge_score;
pub mod sacrebleu;
