//! Facts: checklists judged, quantities understood, inventions found.
//!
//! [`Prepared`] holds what can be computed once an article (its quantities, its compiled checklist); its
//! [`check`](Prepared::check) holds one summary against it. No model, no network: the same text gives the same
//! verdicts everywhere.
//!
//! ```
//! use epitome::fact::{Context, Prepared};
//! use epitome::model::{Fact, Verdict};
//!
//! let source = "The harbour board will spend $4 million on two new cranes.";
//! let fact: Fact = serde_json::from_str(
//!     r#"{"id": "cost", "kind": "quantity", "claim": "The cranes will cost $4 million."}"#).unwrap();
//! let prepared = Prepared::new(&Context { source: Some(source), ..Context::default() }, &[fact]);
//! let report = prepared.check("The board will spend $40 million on cranes.", None);
//! assert_eq!(report.facts[0].verdict, Verdict::Contradicted);
//! ```

mod claim;
mod date;
pub mod decision;
mod denial;
mod dictionary;
mod draft;
mod entail;
mod explain;
mod forms;
mod grounding;
mod judge;
mod lexicon;
pub mod lint;
mod matching;
mod names;
mod page;
mod prepared;
mod quantity;
mod rival;
mod term;

pub use draft::{Drafted, MOST, draft};
pub use explain::{ENTRIES, Entry};
pub use prepared::Prepared;
pub use quantity::quantities;

use crate::model::Lang;

/// The revision of the matcher: raised with every change that can change a verdict. It stands in signatures.
pub const REV: u32 = 22;

/// What a checklist is judged in the light of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The article's text.
    pub source: Option<&'a str>,
    /// Its language, region and all.
    pub source_lang: Option<&'a Lang>,
    /// The dateline (ISO 8601), which anchors relative dates.
    pub date: Option<&'a str>,
}
