//! What a suite writes of a dataset.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{columns, date, decode};
use crate::model::Lang;

/// A `[[dataset]]` table of a suite. Paths are relative to the suite's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The dataset's name, unique in the suite.
    pub name: String,
    /// Articles: a .jsonl, .json, .csv, .tsv or .parquet file, each optionally .gz or .zst, or a folder of .md or
    /// .txt files or of such data files. `datasets/<name>/` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub articles: Option<PathBuf>,
    /// References: a file of such a format, or a folder of `<id>.toml`. Where absent, the article rows hold them,
    /// and `references/<name>/` is read if it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<PathBuf>,
    /// Fact checklists: a folder of `<id>.toml`, or a .toml, .jsonl or .csv file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<PathBuf>,
    /// Which columns hold what, where they are not named as the contract names them.
    #[serde(default, skip_serializing_if = "Fields::is_default")]
    pub fields: Fields,
    /// The files' encoding, by its WHATWG label (`big5`, `gb18030`, `shift_jis`, …); UTF-8 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Whether sources, titles and references are HTML, of which the text is taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strip_html: bool,
    /// How dates are written, as strftime has it (`%Y/%m/%d %H:%M`); ISO 8601 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// The articles' language where the rows do not say, as a BCP 47 tag; detected where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// Whether the articles are sent only to systems that name this dataset.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// Which columns hold what. A field that is left out is looked for under its own name; an empty name leaves the
/// field unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The article's id; also looked for in a references or facts file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The article's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The language tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The dateline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What ties translations of one article together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
    /// Labels: a list, or a text separated by commas or semicolons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// One or more columns of references. Each column is an annotator of its name.
    #[serde(default, skip_serializing_if = "Columns::is_empty")]
    pub references: Columns,
    /// In a references file: the summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// In a references file: who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotator: Option<String>,
}

impl Fields {
    /// The fields that are mapped to a column, with the column's name.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let single = [
            ("id", &self.id),
            ("source", &self.source),
            ("lang", &self.lang),
            ("title", &self.title),
            ("date", &self.date),
            ("story", &self.story),
            ("tags", &self.tags),
            ("summary", &self.summary),
            ("annotator", &self.annotator),
        ];
        single
            .into_iter()
            .filter_map(|(field, column)| Some((field, column.as_deref()?)))
            .chain(self.references.0.iter().map(|column| ("references", column.as_str())))
            .filter(|(_, column)| !column.is_empty())
    }

    fn is_default(&self) -> bool {
        *self == Fields::default()
    }
}

/// One column name, or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "OneOrMany", into = "OneOrMany")]
#[schemars(with = "OneOrMany")]
pub struct Columns(pub Vec<String>);

impl Columns {
    /// Whether no column is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged, expecting = "a column's name or a list of names")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Columns {
    fn from(columns: OneOrMany) -> Self {
        match columns {
            OneOrMany::One(name) => Columns(vec![name]),
            OneOrMany::Many(names) => Columns(names),
        }
    }
}

impl From<Columns> for OneOrMany {
    fn from(mut columns: Columns) -> Self {
        match columns.0.len() {
            1 => OneOrMany::One(columns.0.remove(0)),
            _ => OneOrMany::Many(columns.0),
        }
    }
}

/// The places a [`Spec`] means, once the suite's folder is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Where the articles are.
    pub articles: PathBuf,
    /// Where references (and, in a folder, checklists) are, if anywhere but in the article rows.
    pub references: Option<PathBuf>,
    /// Where checklists are, if anywhere but beside the references.
    pub facts: Option<PathBuf>,
}

/// A key of a `[[dataset]]` table whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SpecError {
    /// The key within the table.
    pub key: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl Spec {
    /// Checks what the table says by itself, without looking at any file.
    ///
    /// # Errors
    ///
    /// The first key whose value cannot be used: a name that is no folder's, an unknown encoding, language tag or date
    /// format, a column that is named for two fields.
    pub fn check(&self) -> Result<(), SpecError> {
        let error = |key, message: String| Err(SpecError { key, message });
        if self.name.trim().is_empty() || self.name.contains(['/', '\\', ':']) || self.name.starts_with('.') {
            let name = &self.name;
            return error("name", format!("`{name}` is no name for a dataset; use letters, digits, `-` and `_`"));
        }
        if let Err(problem) = decode::encoding_of(self.encoding.as_deref()) {
            return error("encoding", problem.to_string());
        }
        if let Some(Err(problem)) = self.lang.as_ref().map(|tag| columns::lang(tag.as_str())) {
            return error("lang", problem.to_string());
        }
        if let Some(Err(why)) = self.date_format.as_deref().map(date::check_format) {
            let format = self.date_format.as_deref().unwrap_or_default();
            return error("date_format", format!("`{format}` is no date format: {why}"));
        }
        let mut named = std::collections::BTreeMap::new();
        for (field, column) in self.fields.named() {
            if let Some(other) = named.insert(column, field) {
                return error("fields", format!("column `{column}` is named for both `{other}` and `{field}`"));
            }
        }
        Ok(())
    }

    /// The places meant, relative paths being taken from the suite's folder.
    pub fn resolve(&self, root: &Path) -> Resolved {
        let references = match &self.references {
            Some(path) => Some(root.join(path)),
            None => Some(root.join("references").join(&self.name)).filter(|path| path.is_dir()),
        };
        Resolved {
            articles: match &self.articles {
                Some(path) => root.join(path),
                None => root.join("datasets").join(&self.name),
            },
            references,
            facts: self.facts.as_ref().map(|path| root.join(path)),
        }
    }
}
