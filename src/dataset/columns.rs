//! What columns mean: rows into articles and references.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::date;
use super::error::{DatasetError, Place, Problem, kind_of, listed};
use super::rows::Row;
use super::spec::{Fields, Spec};
use crate::model::{Article, Lang, Reference};
use crate::text::html;

/// Reads rows by a suite's mapping.
pub(super) struct Reader<'s> {
    fields: &'s Fields,
    date_format: Option<&'s str>,
    strip_html: bool,
}

/// What one row of an article file holds.
pub(super) struct ArticleRow {
    pub place: Place,
    pub article: Article,
    pub references: Vec<Reference>,
    /// References without text, which are left out.
    pub empty_references: usize,
}

impl<'s> Reader<'s> {
    pub fn new(spec: &'s Spec) -> Self {
        Reader { fields: &spec.fields, date_format: spec.date_format.as_deref(), strip_html: spec.strip_html }
    }

    /// An article's row.
    pub fn article(&self, row: Row) -> Result<ArticleRow, DatasetError> {
        let Row { place, mut cells } = row;
        let fields = self.fields;
        let fail = |problem| DatasetError::new(place.clone(), problem);
        let columns = |cells: &Map<String, Value>| listed(cells.keys().map(String::as_str));

        let id = match take(&mut cells, fields.id.as_deref(), "id") {
            Some((column, value)) => id(&column, value).map_err(fail)?,
            None => {
                let column = fields.id.as_deref().unwrap_or("id").to_owned();
                return Err(fail(Problem::NoColumn { field: "id", column, columns: columns(&cells) }));
            }
        };
        let source = match take(&mut cells, fields.source.as_deref(), "source") {
            Some((column, value)) => self.prose(text(&column, value).map_err(fail)?.unwrap_or_default()),
            None => {
                let column = fields.source.as_deref().unwrap_or("source").to_owned();
                return Err(fail(Problem::NoColumn { field: "source", column, columns: columns(&cells) }));
            }
        };
        if source.trim().is_empty() {
            return Err(fail(Problem::EmptySource(id)));
        }
        let mut optional = |mapped: &Option<String>, name| match take(&mut cells, mapped.as_deref(), name) {
            Some((column, value)) => text(&column, value).map_err(fail),
            None => Ok(None),
        };
        let lang = optional(&fields.lang, "lang")?.map(|tag| lang(&tag).map_err(fail)).transpose()?;
        let title = optional(&fields.title, "title")?.map(|title| self.prose(title));
        let date =
            optional(&fields.date, "date")?.map(|date| date::iso(&date, self.date_format).map_err(fail)).transpose()?;
        let story = optional(&fields.story, "story")?;
        let tags = match take(&mut cells, fields.tags.as_deref(), "tags") {
            Some((column, value)) => tags(&column, value).map_err(fail)?,
            None => Vec::new(),
        };
        let meta = match cells.shift_remove("meta") {
            Some(Value::Object(meta)) => meta.into_iter().collect(),
            Some(Value::Null) | None => BTreeMap::new(),
            Some(other) => BTreeMap::from([("meta".to_owned(), other)]),
        };
        let (references, empty_references) = self.references_of(&id, &mut cells).map_err(fail)?;
        let article = Article { id, source, lang, title, date, story, tags, meta };
        Ok(ArticleRow { place, article, references, empty_references })
    }

    /// A row of a references file: its article's references, and how many were empty.
    pub fn references(&self, row: Row) -> Result<(Place, Vec<Reference>, usize), DatasetError> {
        let Row { place, mut cells } = row;
        let fields = self.fields;
        let fail = |problem| DatasetError::new(place.clone(), problem);
        let columns = listed(cells.keys().map(String::as_str));
        let incomplete = |missing: &str, field| {
            fail(Problem::ReferenceIncomplete { missing: missing.to_owned(), field, columns: columns.clone() })
        };

        // The mapping of `id` is that of the article file first; a references file may have it under its own name.
        let id = match take_either(&mut cells, fields.id.as_deref(), "id") {
            Some((column, value)) => id(&column, value).map_err(fail)?,
            None => return Err(incomplete(fields.id.as_deref().unwrap_or("id"), "id")),
        };
        let mut optional = |mapped: &Option<String>, name| match take(&mut cells, mapped.as_deref(), name) {
            Some((column, value)) => text(&column, value).map_err(fail),
            None => Ok(None),
        };
        let annotator = optional(&fields.annotator, "annotator")?;
        let lang = match take_either(&mut cells, fields.lang.as_deref(), "lang") {
            Some((column, value)) => {
                text(&column, value).and_then(|tag| tag.map(|t| lang(&t)).transpose()).map_err(fail)?
            }
            None => None,
        };
        let (mut references, mut empty) = (Vec::new(), 0);
        let mut found = false;
        if let Some((column, value)) = take(&mut cells, fields.summary.as_deref(), "summary") {
            found = true;
            match text(&column, value)
                .map_err(fail)?
                .map(|summary| self.prose(summary))
                .filter(|s| !s.trim().is_empty())
            {
                Some(summary) => references.push(Reference { id: id.clone(), summary, annotator: None, lang: None }),
                None => empty += 1,
            }
        }
        found |= self.reference_columns().any(|(column, _)| cells.contains_key(column));
        if !found {
            return Err(incomplete(fields.summary.as_deref().unwrap_or("summary"), "summary"));
        }
        let (inline, inline_empty) = self.references_of(&id, &mut cells).map_err(fail)?;
        references.extend(inline);
        for reference in &mut references {
            reference.annotator = reference.annotator.take().or_else(|| annotator.clone());
            reference.lang = reference.lang.take().or_else(|| lang.clone());
        }
        Ok((place, references, empty + inline_empty))
    }

    /// The columns of references, each with the annotator that it is.
    fn reference_columns(&self) -> impl Iterator<Item = (&'s str, Option<&'s str>)> + use<'s> {
        let mapped = &self.fields.references.0;
        let own: &[&str] = if mapped.is_empty() { &INLINE } else { &[] };
        mapped.iter().map(|column| (column.as_str(), Some(column.as_str()))).chain(own.iter().map(|name| (*name, None)))
    }

    /// The references that a row's columns hold, and how many were said to be there but empty.
    fn references_of(&self, id: &str, cells: &mut Map<String, Value>) -> Result<(Vec<Reference>, usize), Problem> {
        let (mut references, mut empty) = (Vec::new(), 0);
        for (column, annotator) in self.reference_columns() {
            let values = match cells.shift_remove(column) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(values)) => values,
                // A blank cell in a column of references is an annotator who did not write one.
                Some(Value::String(text)) if text.trim().is_empty() => continue,
                Some(value) => vec![value],
            };
            for value in values {
                match self.reference(id, column, annotator, value)? {
                    Some(reference) => references.push(reference),
                    None => empty += 1,
                }
            }
        }
        Ok((references, empty))
    }

    fn reference(
        &self,
        id: &str,
        column: &str,
        annotator: Option<&str>,
        value: Value,
    ) -> Result<Option<Reference>, Problem> {
        let mut reference = Reference {
            id: id.to_owned(),
            summary: String::new(),
            annotator: annotator.map(str::to_owned),
            lang: None,
        };
        let expected = "a text, or an object with `summary` and `annotator`,";
        match value {
            Value::String(summary) => reference.summary = summary,
            Value::Object(mut object) => {
                let Some(Value::String(summary)) = object.shift_remove("summary") else {
                    return Err(Problem::WrongType {
                        column: column.to_owned(),
                        found: "an object without `summary`",
                        expected,
                    });
                };
                reference.summary = summary;
                if let Some(value) = object.shift_remove("annotator") {
                    reference.annotator = text("annotator", value)?.or(reference.annotator);
                }
                if let Some(value) = object.shift_remove("lang") {
                    reference.lang = text("lang", value)?.map(|tag| lang(&tag)).transpose()?;
                }
            }
            other => return Err(Problem::WrongType { column: column.to_owned(), found: kind_of(&other), expected }),
        }
        reference.summary = self.prose(reference.summary);
        Ok((!reference.summary.trim().is_empty()).then_some(reference))
    }

    /// A text for readers: without markup if the suite says so, its lines ending in LF.
    pub fn prose(&self, text: String) -> String {
        let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
        if self.strip_html { html::to_text(&text) } else { text }
    }
}

/// The columns in which references are looked for without a mapping.
const INLINE: [&str; 2] = ["reference", "references"];

/// The mapped columns that no row has had yet.
pub(super) struct Unseen<'s> {
    columns: BTreeSet<(&'static str, &'s str)>,
    example: Option<(Place, String)>,
}

impl<'s> Unseen<'s> {
    pub fn new(fields: &'s Fields) -> Self {
        Unseen { columns: fields.named().collect(), example: None }
    }

    /// Notes a row's columns.
    pub fn see(&mut self, row: &Row) {
        if self.columns.is_empty() {
            return;
        }
        self.columns.retain(|(_, column)| !row.cells.contains_key(*column));
        if self.example.is_none() && !self.columns.is_empty() {
            self.example = Some((row.place.clone(), row.columns()));
        }
    }

    /// An error for a column that no row had, the whole input having been seen.
    pub fn check(self) -> Result<(), DatasetError> {
        match (self.columns.first(), self.example) {
            (Some((field, column)), Some((place, columns))) => Err(DatasetError::new(
                Place::file(&place.path),
                Problem::ColumnNeverSeen { field, column: (*column).to_owned(), columns },
            )),
            _ => Ok(()),
        }
    }
}

/// Takes a field's column out of a row: the mapped one, else the one of the field's own name.
fn take(cells: &mut Map<String, Value>, mapped: Option<&str>, name: &str) -> Option<(String, Value)> {
    let column = mapped.unwrap_or(name);
    if column.is_empty() {
        return None;
    }
    cells.shift_remove(column).map(|value| (column.to_owned(), value))
}

/// The same, where the column may have either name.
fn take_either(cells: &mut Map<String, Value>, mapped: Option<&str>, name: &str) -> Option<(String, Value)> {
    take(cells, mapped, name).or_else(|| take(cells, None, name))
}

/// An id: a text, or an integer by its decimal.
pub(super) fn id(column: &str, value: Value) -> Result<String, Problem> {
    let id = match value {
        Value::String(id) => id.trim().to_owned(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        Value::Null => String::new(),
        other => {
            let expected = "a text or an integer";
            return Err(Problem::WrongType { column: column.to_owned(), found: kind_of(&other), expected });
        }
    };
    if id.is_empty() { Err(Problem::EmptyId) } else { Ok(id) }
}

/// A text; `None` where it is blank or null. Numbers are taken by their decimal.
pub(super) fn text(column: &str, value: Value) -> Result<Option<String>, Problem> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        other => {
            return Err(Problem::WrongType { column: column.to_owned(), found: kind_of(&other), expected: "a text" });
        }
    };
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// A language tag, its shape checked.
pub(super) fn lang(tag: &str) -> Result<Lang, Problem> {
    let lang = Lang::new(tag);
    let mut parts = lang.as_str().split('-');
    let primary = parts.next().unwrap_or_default();
    let well_formed = (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if well_formed { Ok(lang) } else { Err(Problem::Lang(tag.to_owned())) }
}

/// Labels: a list of texts, or a text that separates them.
fn tags(column: &str, value: Value) -> Result<Vec<String>, Problem> {
    let clean = |tags: &mut dyn Iterator<Item = String>| {
        tags.map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
    };
    match value {
        Value::Array(values) => {
            let tags: Vec<Option<String>> =
                values.into_iter().map(|value| text(column, value)).collect::<Result<_, _>>()?;
            Ok(clean(&mut tags.into_iter().flatten()))
        }
        other => {
            let text = text(column, other)?.unwrap_or_default();
            Ok(clean(&mut text.split([',', ';', '，', '；', '、']).map(str::to_owned)))
        }
    }
}
