//! Text: languages, scripts, sentences, tokens.
//!
//! Whatever is true of one language only stands in [`lang`], as data where it can be.

pub mod html;
pub mod lang;
pub mod script;
pub mod sentence;
pub mod token;
