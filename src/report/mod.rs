//! What people read of a run: a view computed once, and one file a format that shows it.
//!
//! A [`View`] is a pure function of the record: the same `run.json` and `items.jsonl` give the same report to the
//! byte. A [`Format`] turns it into text; [`FORMATS`] lists them all, in the order of help. Nothing here opens a
//! file: the record comes in as a [`RunRecord`] and as [`Items`], which can be read more than once and need never
//! stand in memory at once.

pub mod clean;
pub mod comparison;
pub mod csv;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod layout;
pub mod markdown;
pub mod number;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod review;
pub mod terminal;
pub mod trend;
pub mod ui;
pub mod view;

use std::io;

use crate::model::Article;
use crate::model::record::{ItemRecord, RunRecord};

pub use ui::Ui;
pub use view::{Redact, View, ViewOptions};

/// The items of a record, as often as a report needs to go through them.
pub trait Items {
    /// Starts again from the first item, in canonical order.
    fn open(&self) -> Result<ItemStream<'_>, ItemsError>;
}

/// Items one by one, or why one could not be read.
pub type ItemStream<'a> = Box<dyn Iterator<Item = Result<ItemRecord, ItemsError>> + 'a>;

/// Why items could not be read, with the place.
pub type ItemsError = Box<dyn std::error::Error + Send + Sync>;

impl Items for Vec<ItemRecord> {
    fn open(&self) -> Result<ItemStream<'_>, ItemsError> {
        Ok(Box::new(self.iter().cloned().map(Ok)))
    }
}

/// What a format renders.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The record, but for its items.
    pub run: &'a RunRecord,
    /// Its items.
    pub items: &'a dyn Items,
    /// What a report shows, computed from both.
    pub view: &'a View,
    /// What the view was computed with.
    pub options: &'a ViewOptions,
    /// What stands in the repository beside the record, where it is at hand.
    pub beside: &'a dyn Beside,
    /// Where pages beside the report's own file go; `None` where there is no place for them.
    pub pages: Option<&'a dyn Pages>,
}

/// Takes the pages of a report that does not fit one file.
pub trait Pages {
    /// Keeps a page under its name, a path relative to the report's own file.
    fn write(&self, name: &str, page: &[u8]) -> io::Result<()>;
}

/// What a record does not hold: the articles, and where facts are written down.
pub trait Beside {
    /// The file and line of a fact of a checklist.
    fn fact(&self, dataset: &str, article: &str, fact: &str) -> Option<Place>;

    /// An article as the run read it.
    fn article(&self, dataset: &str, id: &str) -> Option<&Article>;
}

/// Nothing is at hand but the record.
impl Beside for () {
    fn fact(&self, _dataset: &str, _article: &str, _fact: &str) -> Option<Place> {
        None
    }

    fn article(&self, _dataset: &str, _id: &str) -> Option<&Article> {
        None
    }
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to where the program runs.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<u64>,
}

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The report could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// The record could not be read.
    #[error("failed to read the record: {0}")]
    Items(ItemsError),
}

/// A registry entry: a form that a report can be had in.
pub struct Format {
    /// Its name in `--format`.
    pub name: &'static str,
    /// One line on what it is for.
    pub about: &'static str,
    /// The name of the file it makes in a run's folder.
    pub file: &'static str,
    /// Writes it. The same report gives the same bytes.
    pub render: fn(&Report<'_>, &mut dyn io::Write) -> Result<(), RenderError>,
}

/// Every format, in the order of help and docs.
pub static FORMATS: &[&Format] = &[
    &html::FORMAT,
    &markdown::FORMAT,
    &json::FORMAT,
    &csv::FORMAT,
    &junit::FORMAT,
    &github::FORMAT,
    #[cfg(feature = "parquet")]
    &parquet::FORMAT,
];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name).copied()
}
