//! Datasets: articles with their references and checklists, streamed.
//!
//! [`Dataset::open`] makes one pass over the articles to check and count them (duplicate ids, references without an
//! article, empty sources), and holds references and checklists in memory. [`Dataset::entries`] then streams the
//! articles, so that they never all sit in memory. Every error names file and line.

use crate::model::{Article, Fact, Reference};

/// An article with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The article; its language is always known.
    pub article: Article,
    /// Its references, in file order.
    pub references: Vec<Reference>,
    /// Its checklist, in file order.
    pub facts: Vec<Fact>,
}
