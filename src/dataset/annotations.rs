//! References and fact checklists, which are held in memory.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use super::columns::{self, Reader, Unseen};
use super::decode::{self, read_text};
use super::error::{DatasetError, Place, Problem, serde_problem, toml_error};
use super::rows::{self, Format, Row, listing, stem};
use super::spec::{Resolved, Spec};
use super::warning::Warnings;
use crate::model::{Fact, Reference};

/// What belongs to one article.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    pub references: Vec<Reference>,
    pub facts: Vec<Fact>,
    /// Where the first reference and the first fact stand, for an error if there is no such article.
    pub first_reference: Option<Place>,
    pub first_fact: Option<Place>,
}

/// All annotations of a dataset, by article.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub by_article: BTreeMap<String, Annotations>,
    facts: HashMap<(String, String), Place>,
}

/// A `.toml` file of annotations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnnotationFile {
    #[serde(default)]
    reference: Vec<Spanned<TomlReference>>,
    #[serde(default)]
    fact: Vec<Spanned<Fact>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlReference {
    #[serde(default)]
    id: Option<String>,
    summary: String,
    #[serde(default)]
    annotator: Option<String>,
    #[serde(default)]
    lang: Option<String>,
}

impl Loaded {
    /// Where a fact is written down.
    pub fn fact_place(&self, article: &str, fact: &str) -> Option<&Place> {
        self.facts.get(&(article.to_owned(), fact.to_owned()))
    }

    /// Reads whatever references and checklists stand outside the article rows.
    pub fn read(
        spec: &Spec,
        places: &Resolved,
        unseen: &mut Unseen<'_>,
        warnings: &mut Warnings,
    ) -> Result<Loaded, DatasetError> {
        let mut loaded = Loaded::default();
        let encoding = spec.encoding.as_deref();
        let reader = Reader::new(spec);
        if let Some(path) = &places.references {
            match Format::of(path) {
                _ if !path.exists() => return Err(DatasetError::new(Place::file(path), Problem::NotFound)),
                _ if path.is_dir() => loaded.read_reference_folder(path, &reader, encoding, warnings)?,
                None if is_toml(path) => loaded.read_toml(path, None, warnings)?,
                _ => loaded.read_references(spec, path, unseen, warnings)?,
            }
        }
        if let Some(path) = places.facts.as_ref().filter(|path| places.references.as_ref() != Some(path)) {
            match Format::of(path) {
                _ if !path.exists() => return Err(DatasetError::new(Place::file(path), Problem::NotFound)),
                _ if path.is_dir() => loaded.read_folder(path, None, encoding, warnings)?,
                None if is_toml(path) => loaded.read_toml(path, None, warnings)?,
                Some(Format::Jsonl | Format::Json | Format::Csv | Format::Tsv) => loaded.read_facts(spec, path)?,
                _ => {
                    let problem = Problem::UnknownFormat(
                        "checklists come as a folder of <id>.toml, or as .toml, .jsonl, .json, .csv or .tsv",
                    );
                    return Err(DatasetError::new(Place::file(path), problem));
                }
            }
        }
        Ok(loaded)
    }

    /// A folder of `<id>.toml`, of `<id>.txt`, or of a folder of `<id>.txt` for each annotator.
    fn read_reference_folder(
        &mut self,
        folder: &Path,
        reader: &Reader<'_>,
        encoding: Option<&str>,
        warnings: &mut Warnings,
    ) -> Result<(), DatasetError> {
        self.read_folder(folder, Some((reader, None)), encoding, warnings)?;
        for path in listing(folder)?.1 {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // What summarizers wrote is kept beside the references.
            if name != "outputs" {
                self.read_folder(&path, Some((reader, Some(&name))), encoding, warnings)?;
            }
        }
        Ok(())
    }

    /// A folder's files: `<id>.toml`, and `<id>.txt` where texts are references, by an annotator if one is named.
    fn read_folder(
        &mut self,
        folder: &Path,
        texts: Option<(&Reader<'_>, Option<&str>)>,
        encoding: Option<&str>,
        warnings: &mut Warnings,
    ) -> Result<(), DatasetError> {
        for path in listing(folder)?.0 {
            match (Format::of(&path), texts) {
                _ if is_toml(&path) => self.read_toml(&path, Some(&stem(&path)), warnings)?,
                (Some(Format::Text), Some((reader, annotator))) => {
                    let place = Place::file(&path);
                    let summary = reader.prose(read_text(&path, encoding)?).trim().to_owned();
                    if summary.is_empty() {
                        warnings.empty_references(&place, 1);
                        continue;
                    }
                    let annotator = annotator.map(str::to_owned);
                    self.add_reference(&place, Reference { id: stem(&path), summary, annotator, lang: None });
                }
                _ if path.to_string_lossy().ends_with(".decisions.jsonl") => {}
                (Some(_), Some(_)) => {
                    warnings.unread(&path, "a folder of references holds <id>.toml or <id>.txt");
                }
                (Some(_), None) => warnings.unread(&path, "a folder of checklists holds <id>.toml"),
                _ => {}
            }
        }
        Ok(())
    }

    /// A `.toml` file: that of one article, or one whose entries name theirs.
    fn read_toml(&mut self, path: &Path, article: Option<&str>, warnings: &mut Warnings) -> Result<(), DatasetError> {
        let text = decode::read_toml(path)?;
        let file: AnnotationFile = toml::from_str(&text).map_err(|e| toml_error(path, &text, 1, &e))?;
        let shared: Arc<Path> = Arc::from(path);
        let place = |offset: usize| {
            let file = Place { path: shared.clone(), at: super::error::At::File };
            let line = text[..offset].matches('\n').count() as u64 + 1;
            file.line(line)
        };
        // The article that an entry belongs to: the file's own, or the one it names.
        let owner = |place: &Place, named: Option<String>, problem: Problem| match (article, named) {
            (Some(own), Some(named)) if own != named => {
                Err(DatasetError::new(place.clone(), Problem::OtherArticle { named, stem: own.to_owned() }))
            }
            (Some(own), _) => Ok(own.to_owned()),
            (None, Some(named)) => Ok(named),
            (None, None) => Err(DatasetError::new(place.clone(), problem)),
        };
        for entry in file.reference {
            let place = place(entry.span().start);
            let TomlReference { id, summary, annotator, lang } = entry.into_inner();
            let id = owner(&place, id, Problem::ReferenceNamesNoArticle)?;
            let lang = lang.map(|tag| columns::lang(&tag)).transpose();
            let lang = lang.map_err(|problem| DatasetError::new(place.clone(), problem))?;
            let summary = summary.trim().replace("\r\n", "\n");
            if summary.is_empty() {
                warnings.empty_references(&place, 1);
                continue;
            }
            self.add_reference(&place, Reference { id, summary, annotator, lang });
        }
        for entry in file.fact {
            let place = place(entry.span().start);
            let mut fact = entry.into_inner();
            let named = Some(std::mem::take(&mut fact.article)).filter(|article| !article.is_empty());
            fact.article = owner(&place, named, Problem::FactNamesNoArticle)?;
            self.add_fact(place, fact)?;
        }
        Ok(())
    }

    /// A file of reference rows.
    fn read_references(
        &mut self,
        spec: &Spec,
        path: &Path,
        unseen: &mut Unseen<'_>,
        warnings: &mut Warnings,
    ) -> Result<(), DatasetError> {
        let reader = Reader::new(spec);
        for row in rows::open(path, spec.encoding.as_deref(), &spec.fields)? {
            let row = row?;
            unseen.see(&row);
            let (place, references, empty) = reader.references(row)?;
            warnings.empty_references(&place, empty);
            for reference in references {
                self.add_reference(&place, reference);
            }
        }
        Ok(())
    }

    /// A file of fact rows.
    fn read_facts(&mut self, spec: &Spec, path: &Path) -> Result<(), DatasetError> {
        let textual = matches!(Format::of(path), Some(Format::Csv | Format::Tsv));
        for row in rows::open(path, spec.encoding.as_deref(), &spec.fields)? {
            let Row { place, mut cells } = row?;
            let fail = |problem| DatasetError::new(place.clone(), problem);
            if textual {
                cells = typed(cells).map_err(fail)?;
            }
            for key in ["article", "id"] {
                if let Some(value) = cells.get_mut(key) {
                    *value = Value::String(columns::id(key, value.take()).map_err(fail)?);
                }
            }
            let fact: Fact = serde_json::from_value(Value::Object(cells)).map_err(|error| {
                let message = error.to_string();
                fail(serde_problem(&message).unwrap_or(Problem::Fact(message)))
            })?;
            if fact.article.is_empty() {
                return Err(fail(Problem::FactNamesNoArticle));
            }
            self.add_fact(place, fact)?;
        }
        Ok(())
    }

    fn add_reference(&mut self, place: &Place, reference: Reference) {
        let annotations = self.by_article.entry(reference.id.clone()).or_default();
        annotations.first_reference.get_or_insert_with(|| place.clone());
        annotations.references.push(reference);
    }

    fn add_fact(&mut self, place: Place, fact: Fact) -> Result<(), DatasetError> {
        if fact.claim.trim().is_empty() {
            return Err(DatasetError::new(place, Problem::EmptyClaim(fact.id)));
        }
        if !(fact.weight.is_finite() && fact.weight > 0.0) {
            let problem = Problem::Weight { id: fact.id, weight: fact.weight.to_string() };
            return Err(DatasetError::new(place, problem));
        }
        let key = (fact.article.clone(), fact.id.clone());
        if let Some(first) = self.facts.get(&key) {
            let problem = Problem::DuplicateFact { id: fact.id, article: fact.article, first: first.clone() };
            return Err(DatasetError::new(place, problem));
        }
        self.facts.insert(key, place.clone());
        let annotations = self.by_article.entry(fact.article.clone()).or_default();
        annotations.first_fact.get_or_insert(place);
        annotations.facts.push(fact);
        Ok(())
    }

    /// An error for the first annotation, in the order of files and lines, whose article is not among the given ones.
    pub fn check_articles(&self, known: impl Fn(&str) -> bool) -> Result<(), DatasetError> {
        let stray = |place: fn(&Annotations) -> Option<&Place>| {
            let mut all: Vec<(&Place, &str)> = self
                .by_article
                .iter()
                .filter(|(id, _)| !known(id))
                .filter_map(|(id, annotations)| Some((place(annotations)?, id.as_str())))
                .collect();
            all.sort();
            let (place, id) = all.first()?;
            let more = match all.len() - 1 {
                0 => String::new(),
                n => format!(" (and {n} more such)"),
            };
            Some(((*place).clone(), (*id).to_owned(), more))
        };
        if let Some((place, id, more)) = stray(|a| a.first_reference.as_ref()) {
            return Err(DatasetError::new(place, Problem::ReferenceWithoutArticle { id, more }));
        }
        if let Some((place, id, more)) = stray(|a| a.first_fact.as_ref()) {
            return Err(DatasetError::new(place, Problem::FactWithoutArticle { id, more }));
        }
        Ok(())
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// A fact's row of texts with its cells as what they mean: lists, numbers, truths. Empty cells are absent.
fn typed(cells: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut fact = Map::new();
    let mut claims = Map::new();
    for (column, value) in cells {
        let Value::String(text) = value else { continue };
        let text = text.trim();
        if text.is_empty() && !matches!(column.as_str(), "id" | "claim") {
            continue;
        }
        let wrong = |expected| Problem::WrongText { column: column.clone(), text: text.to_owned(), expected };
        let value = match column.as_str() {
            "aliases" | "accept" | "any_of" | "all_of" | "none_of" => text
                .split([';', '；', '|'])
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
            "must" => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" | "x" => Value::Bool(true),
                "false" | "no" | "0" => Value::Bool(false),
                _ => return Err(wrong("true or false")),
            },
            "weight" => match text.parse::<f64>() {
                Ok(weight) => Value::from(weight),
                Err(_) => return Err(wrong("a number")),
            },
            _ => Value::String(text.to_owned()),
        };
        match column.strip_prefix("claims.") {
            Some(lang) => {
                claims.insert(lang.to_owned(), value);
            }
            None => {
                fact.insert(column, value);
            }
        }
    }
    if !claims.is_empty() {
        fact.insert("claims".to_owned(), Value::Object(claims));
    }
    Ok(fact)
}
