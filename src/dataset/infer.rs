//! What the columns of an export hold, by their names and by what stands in them: a proposal, shown to a person.
//!
//! A name alone is not believed: an id must tell the rows apart, a source must be the long text, a reference shorter
//! than its source, a date must be one in some format. Where no name helps, the longest text is the source, a short
//! column without repetition the id, and texts whose words the source has are references.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::rows::Row;
use super::spec::{Columns, Fields};
use super::{columns, date};
use crate::text::html;

/// What is read of an export's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// The mapping, without what needs none.
    pub fields: Fields,
    /// The columns as they were understood: field by column, in the order of fields.
    pub roles: Vec<(&'static str, String)>,
    /// How dates are written, where not in ISO 8601.
    pub date_format: Option<String>,
    /// Formats of which each fits every date seen, so that none can be chosen (day or month first).
    pub date_formats: Vec<&'static str>,
    /// Whether the sources are HTML.
    pub strip_html: bool,
    /// The columns that no field reads.
    pub unread: Vec<String>,
    /// The fields that were told by their content, their names saying nothing.
    pub by_content: Vec<&'static str>,
}

/// A field that no column could be found for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot tell which column holds {what}; {why}; the columns are {columns}")]
pub struct Unclear {
    /// `id` or `source`.
    pub field: &'static str,
    what: &'static str,
    why: String,
    columns: String,
}

/// What a person said already.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The id's column.
    pub id: Option<String>,
    /// The source's column.
    pub source: Option<String>,
    /// The references' columns.
    pub references: Vec<String>,
}

static NAMES: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| toml::from_str(include_str!("column_names.toml")).unwrap_or_default());

/// Reads a mapping out of an export's first rows.
///
/// # Errors
///
/// Where no column can be the id or the source.
pub fn infer(rows: &[Row], given: &Given) -> Result<Guess, Unclear> {
    let table = Table::new(rows);
    let mut guess = Guess::default();

    let source = match &given.source {
        Some(column) => table.named("source", column)?,
        None => table.source(&mut guess)?,
    };
    let id = match &given.id {
        Some(column) => table.named("id", column)?,
        None => table.id(&mut guess)?,
    };
    let title = table.by_name("title", |column| column.texts > 0 && column.mean < table.columns[source].mean);
    let references = match given.references.as_slice() {
        [] => table.references(source, title, &mut guess),
        named => named.iter().map(|column| table.named("references", column)).collect::<Result<_, _>>()?,
    };
    let lang = table.by_name("lang", |column| column.all(|text| columns::lang(text).is_ok()));
    let date = table.date(&mut guess);
    let tags = table.by_name("tags", |column| column.mean < 200.0);

    let single =
        [("id", Some(id)), ("source", Some(source)), ("title", title), ("date", date), ("lang", lang), ("tags", tags)];
    let taken: HashSet<usize> = single.iter().filter_map(|(_, at)| *at).chain(references.iter().copied()).collect();
    let name = |at: usize| table.columns[at].name.clone();
    for (field, at) in single {
        // A column that has a field's name but is not that field must not be read as it.
        let misleading = table.columns.iter().enumerate().any(|(i, c)| c.name == field && !taken.contains(&i));
        let column = match at {
            Some(at) if table.columns[at].name == field => None,
            Some(at) => Some(name(at)),
            None => misleading.then(String::new),
        };
        *slot(&mut guess.fields, field) = column;
        guess.roles.extend(at.map(|at| (field, name(at))));
    }
    let story = table.columns.iter().position(|c| c.name == "story").filter(|at| !taken.contains(at));
    match story {
        Some(at) if table.columns[at].mean > 100.0 => guess.fields.story = Some(String::new()),
        Some(_) => guess.roles.push(("story", "story".to_owned())),
        None => {}
    }
    guess.roles.extend(references.iter().map(|at| ("references", name(*at))));
    let own = matches!(references.as_slice(), [at] if matches!(name(*at).as_str(), "reference" | "references"));
    if !own {
        guess.fields.references = Columns(references.iter().map(|at| name(*at)).collect());
    }
    let marked_up = table.columns[source].values.iter().filter(|text| html::looks_marked_up(text)).count();
    guess.strip_html = marked_up * 5 >= table.columns[source].texts.max(1);
    guess.unread = (0..table.columns.len())
        .filter(|at| !taken.contains(at) && Some(*at) != story)
        .map(name)
        .filter(|name| name != "meta")
        .collect();
    Ok(guess)
}

fn slot<'f>(fields: &'f mut Fields, field: &str) -> &'f mut Option<String> {
    match field {
        "id" => &mut fields.id,
        "source" => &mut fields.source,
        "title" => &mut fields.title,
        "date" => &mut fields.date,
        "lang" => &mut fields.lang,
        _ => &mut fields.tags,
    }
}

/// A column's values in the sample.
struct Column {
    name: String,
    /// The values that are not blank, as text; the texts of lists.
    values: Vec<String>,
    /// How many rows have a value.
    texts: usize,
    /// How many rows' value is a list.
    lists: usize,
    /// The mean length of a row's value in characters.
    mean: f64,
    /// Whether every row has a value of its own.
    unique: bool,
}

impl Column {
    fn all(&self, test: impl Fn(&str) -> bool) -> bool {
        !self.values.is_empty() && self.values.iter().all(|text| test(text))
    }
}

/// The sample by columns.
struct Table<'r> {
    rows: &'r [Row],
    columns: Vec<Column>,
}

impl<'r> Table<'r> {
    fn new(rows: &'r [Row]) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut known = HashSet::new();
        for name in rows.iter().flat_map(|row| row.cells.keys()) {
            if known.insert(name) {
                names.push(name);
            }
        }
        let columns = names.into_iter().map(|name| column(name, rows)).collect();
        Table { rows, columns }
    }

    fn unclear(&self, field: &'static str, why: impl Into<String>) -> Unclear {
        let what = match field {
            "id" => "the ids",
            "source" => "the articles",
            _ => "references",
        };
        let columns = super::error::listed(self.columns.iter().map(|c| c.name.as_str()));
        Unclear { field, what, why: why.into(), columns }
    }

    fn named(&self, field: &'static str, column: &str) -> Result<usize, Unclear> {
        let found = self.columns.iter().position(|c| c.name == column);
        found.ok_or_else(|| self.unclear(field, format!("there is none named `{column}`")))
    }

    /// The likeliest column that has one of a field's usual names and passes a test.
    fn by_name(&self, field: &str, test: impl Fn(&Column) -> bool) -> Option<usize> {
        let names = NAMES.get(field).map(Vec::as_slice).unwrap_or_default();
        names.iter().find_map(|name| self.columns.iter().position(|c| plain(&c.name) == *name && test(c)))
    }

    fn source(&self, guess: &mut Guess) -> Result<usize, Unclear> {
        let text = |c: &Column| c.lists == 0 && c.texts * 2 > self.rows.len() && !is_reference(&c.name);
        let longest = self.columns.iter().filter(|c| text(c)).map(|c| c.mean).fold(0.0, f64::max);
        // An outlet's name may stand under `source`, and a teaser under `text`.
        if let Some(at) = self.by_name("source", |c| text(c) && c.mean * 2.0 >= longest && c.mean >= 20.0) {
            return Ok(at);
        }
        let at = self.columns.iter().position(|c| text(c) && c.mean == longest && longest >= 100.0);
        guess.by_content.extend(at.map(|_| "source"));
        at.ok_or_else(|| self.unclear("source", "none is long text throughout"))
    }

    fn id(&self, guess: &mut Guess) -> Result<usize, Unclear> {
        let fit = |c: &Column| c.unique && c.lists == 0 && c.mean <= 300.0;
        if let Some(at) = self.by_name("id", fit) {
            return Ok(at);
        }
        let short = |c: &Column| fit(c) && c.mean <= 64.0 && c.all(|text| !text.contains(char::is_whitespace));
        let at = self.columns.iter().position(short);
        guess.by_content.extend(at.map(|_| "id"));
        at.ok_or_else(|| self.unclear("id", "none is short, filled in and different in every row"))
    }

    /// The columns of references: by their names, else by their words being the source's.
    fn references(&self, source: usize, title: Option<usize>, guess: &mut Guess) -> Vec<usize> {
        let longer = self.columns[source].mean;
        let free = |at: usize| at != source && Some(at) != title;
        let fit = |c: &Column| c.texts > 0 && c.mean < longer && c.mean >= 8.0;
        let named: Vec<usize> = (0..self.columns.len())
            .filter(|at| free(*at) && is_reference(&self.columns[*at].name) && fit(&self.columns[*at]))
            .collect();
        if !named.is_empty() {
            return named;
        }
        let title_length = title.map_or(30.0, |at| self.columns[at].mean * 1.5);
        let shared: Vec<usize> = (0..self.columns.len())
            .filter(|at| {
                let c = &self.columns[*at];
                let known = NAMES.iter().any(|(_, names)| names.contains(&plain(&c.name)));
                free(*at) && !known && fit(c) && c.mean > title_length && self.shared(*at, source) >= 0.6
            })
            .collect();
        if !shared.is_empty() {
            guess.by_content.push("references");
        }
        shared
    }

    /// The share of a column's pairs of characters that the source has, over all rows.
    fn shared(&self, column: usize, source: usize) -> f64 {
        let (mut all, mut found) = (0usize, 0usize);
        for row in self.rows {
            let text = |at: usize| row.cells.get(&self.columns[at].name).map(as_texts).unwrap_or_default().join(" ");
            let pairs = |text: &str| -> HashSet<(char, char)> {
                let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
                letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
            };
            let of_source = pairs(&text(source));
            let of_column = pairs(&text(column));
            all += of_column.len();
            found += of_column.intersection(&of_source).count();
        }
        if all == 0 { 0.0 } else { found as f64 / all as f64 }
    }

    fn date(&self, guess: &mut Guess) -> Option<usize> {
        let at = self.by_name("date", |c| c.all(date::is_iso) || !formats(c).is_empty())?;
        let column = &self.columns[at];
        if column.all(date::is_iso) {
            return Some(at);
        }
        match formats(column).as_slice() {
            [one] => guess.date_format = Some((*one).to_owned()),
            several => {
                guess.date_formats = several.to_vec();
                return None;
            }
        }
        Some(at)
    }
}

/// The formats that every date of a column follows.
fn formats(column: &Column) -> Vec<&'static str> {
    if column.values.is_empty() { Vec::new() } else { date::proposals(column.values.iter().map(String::as_str)) }
}

fn column(name: &str, rows: &[Row]) -> Column {
    let mut column = Column { name: name.to_owned(), values: Vec::new(), texts: 0, lists: 0, mean: 0.0, unique: false };
    let mut characters = 0;
    let mut distinct = HashSet::new();
    for value in rows.iter().filter_map(|row| row.cells.get(name)) {
        column.lists += usize::from(value.is_array());
        let texts = as_texts(value);
        if texts.is_empty() {
            continue;
        }
        column.texts += 1;
        characters += texts.iter().map(|text| text.chars().count()).sum::<usize>() / texts.len();
        distinct.insert(texts.join("\n"));
        column.values.extend(texts);
    }
    column.mean = characters as f64 / column.texts.max(1) as f64;
    column.unique = column.texts == rows.len() && distinct.len() == rows.len();
    column
}

/// A value's texts, blank ones left out: itself, or the texts or summaries of a list.
fn as_texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => object.get("summary").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let texts: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    };
    texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
}

/// Whether a column has the name of references.
fn is_reference(name: &str) -> bool {
    let list = |field: &str| NAMES.get(field).map(Vec::as_slice).unwrap_or_default();
    let lower = name.trim().to_lowercase();
    // `ref_wang`, `summary 2` and `摘要王`, but not `refund`.
    let prefixed = |prefix: &String| {
        lower.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    list("references").contains(&plain(name)) || list("reference_prefixes").iter().any(prefixed)
}

/// A column's name without case, spaces, hyphens and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::dataset::Place;

    const LONG: &str = "The central bank of Meridia cut its key rate by a quarter point to 3.5 percent on Thursday, \
        the third cut this year, and said inflation would fall to 2 percent by the autumn of next year.";

    fn rows(values: &[Value]) -> Vec<Row> {
        let row = |value: &Value| match value {
            Value::Object(cells) => Row { place: Place::file(Path::new("a")), cells: cells.clone() },
            _ => panic!("an object"),
        };
        values.iter().map(row).collect()
    }

    fn roles(guess: &Guess) -> String {
        guess.roles.iter().map(|(field, column)| format!("{field}={column}")).collect::<Vec<_>>().join(" ")
    }

    fn inferred(values: &[Value]) -> Guess {
        infer(&rows(values), &Given::default()).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn names_of_well_known_data_sets_are_understood() {
        let cnn = [
            json!({"article": LONG, "highlights": "Meridia cut rates.", "id": "a1"}),
            json!({"article": LONG, "highlights": "Rates were cut.", "id": "a2"}),
        ];
        let guess = inferred(&cnn);
        assert_eq!(roles(&guess), "id=id source=article references=highlights");
        assert_eq!(guess.fields.source.as_deref(), Some("article"));
        assert_eq!((guess.fields.id, guess.fields.references.0), (None, vec!["highlights".to_owned()]));

        let own = [json!({"id": 1, "source": LONG, "references": ["Meridia cut rates."], "lang": "en", "story": "s"})];
        let guess = inferred(&own);
        assert_eq!(guess.fields, Fields::default());
        assert_eq!(roles(&guess), "id=id source=source lang=lang story=story references=references");
    }

    #[test]
    fn a_chinese_export_with_annotators_markup_and_local_dates_is_understood() {
        let row = |nid: u32, day: u32| {
            json!({"新聞編號": nid.to_string(), "標題": "颱風接近東部", "內文": format!("<p>氣象局說，颱風明天接近東部海面。</p><p>{}</p>", "各地學校都應注意。".repeat(9)),
                "發布時間": format!("2025/9/{day} 10:30"), "ref_wang": "氣象局說颱風明天接近東部。", "ref_li": "颱風接近，學校注意。", "點閱": "7"})
        };
        let guess = inferred(&[row(1, 1), row(2, 13)]);
        assert_eq!(
            roles(&guess),
            "id=新聞編號 source=內文 title=標題 date=發布時間 references=ref_wang references=ref_li"
        );
        assert!(guess.strip_html);
        assert_eq!(guess.date_format.as_deref(), Some("%Y/%m/%d %H:%M"));
        assert_eq!(guess.unread, ["點閱"]);
    }

    #[test]
    fn names_that_mislead_are_not_believed() {
        let row = |id: u32, date: &str| json!({"id": "same", "nid": id, "source": "CNA", "text": "teaser", "body": LONG, "date": date, "lang": "繁體", "summary": LONG.repeat(3)});
        let guess = inferred(&[row(1, "today"), row(2, "yesterday")]);
        assert_eq!(roles(&guess), "id=nid source=body");
        let empty = Some(String::new());
        assert_eq!((guess.fields.date, guess.fields.lang), (empty.clone(), empty));
    }

    #[test]
    fn where_names_say_nothing_content_does() {
        let row = |id: &str, short: &str| json!({"c1": id, "c2": "news desk", "c3": LONG, "c4": short, "c5": "An unrelated remark by a proof reader on fonts"});
        let guess = inferred(&[
            row("x-1", "Meridia cut its key rate to 3.5 percent on Thursday."),
            row("x-2", "Inflation would fall to 2 percent by the autumn."),
        ]);
        assert_eq!(roles(&guess), "id=c1 source=c3 references=c4");
        assert_eq!(guess.by_content, ["source", "id", "references"]);
    }

    #[test]
    fn dates_that_can_be_read_two_ways_are_left_to_a_person() {
        let row = |id: u32, date: &str| json!({"id": id, "source": LONG, "published": date});
        let guess = inferred(&[row(1, "01/09/2025"), row(2, "02/10/2025")]);
        assert_eq!(guess.date_formats, ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!((guess.fields.date, guess.date_format), (None, None));
        let guess = inferred(&[row(1, "01/09/2025"), row(2, "13/10/2025")]);
        assert_eq!(guess.date_format.as_deref(), Some("%d/%m/%Y"));
        assert_eq!(inferred(&[row(1, "20250901")]).date_format.as_deref(), Some("%Y%m%d"));
        assert_eq!(inferred(&[row(1, "1756693800")]).date_format.as_deref(), Some("%s"));
    }

    #[test]
    fn what_cannot_be_told_names_the_columns() {
        let error = |values: &[Value], given: &Given| match infer(&rows(values), given) {
            Ok(guess) => panic!("{guess:?}"),
            Err(unclear) => unclear.to_string(),
        };
        insta::assert_snapshot!(
            error(&[json!({"a": LONG, "b": "x"}), json!({"a": LONG, "b": "x"})], &Given::default()),
            @"cannot tell which column holds the ids; none is short, filled in and different in every row; the columns are `a` and `b`"
        );
        insta::assert_snapshot!(
            error(&[json!({"id": 1, "b": "x"})], &Given::default()),
            @"cannot tell which column holds the articles; none is long text throughout; the columns are `id` and `b`"
        );
        let given = Given { source: Some("body".into()), ..Given::default() };
        insta::assert_snapshot!(
            error(&[json!({"id": 1, "b": LONG})], &given),
            @"cannot tell which column holds the articles; there is none named `body`; the columns are `id` and `b`"
        );
    }

    #[test]
    fn the_list_of_names_is_in_order() {
        for field in ["id", "source", "title", "date", "lang", "tags", "references", "reference_prefixes"] {
            let names = &NAMES[field];
            assert!(names.iter().all(|name| plain(name) == *name), "{field}");
            if field != "reference_prefixes" {
                assert_eq!(names[0], field);
            }
        }
    }
}
