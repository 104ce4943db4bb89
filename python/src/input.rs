//! Texts as Python gives them: lists, or a table that speaks Arrow's PyCapsule interface.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, LargeStringArray, OffsetSizeTrait, RecordBatch,
    RecordBatchReader, StringArray, StringViewArray,
};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::DataType;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyList, PyString};

/// A column of texts, some of which may be absent.
pub enum Texts {
    Owned(Vec<Option<String>>),
    /// As Python holds them, of which nothing is copied that need not be.
    Python(Vec<Option<PyBackedStr>>),
    Utf8(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    pub fn len(&self) -> usize {
        match self {
            Texts::Owned(texts) => texts.len(),
            Texts::Python(texts) => texts.len(),
            Texts::Utf8(array) => array.len(),
            Texts::Large(array) => array.len(),
            Texts::View(array) => array.len(),
        }
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        match self {
            Texts::Owned(texts) => texts[at].as_deref(),
            Texts::Python(texts) => texts[at].as_deref(),
            Texts::Utf8(array) => array.is_valid(at).then(|| array.value(at)),
            Texts::Large(array) => array.is_valid(at).then(|| array.value(at)),
            Texts::View(array) => array.is_valid(at).then(|| array.value(at)),
        }
    }

    /// A column of an Arrow table; `None` for a type that holds no texts.
    fn of(array: &ArrayRef) -> Option<Texts> {
        Some(match array.data_type() {
            DataType::Utf8 => Texts::Utf8(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Texts::Large(array.as_string::<i64>().clone()),
            DataType::Utf8View => Texts::View(array.as_string_view().clone()),
            DataType::Null => Texts::Owned(vec![None; array.len()]),
            _ => return None,
        })
    }

    /// A column of ids: texts, or integers, which become their decimals.
    fn of_ids(array: &ArrayRef) -> Option<Texts> {
        fn decimals<T: ArrowPrimitiveType>(array: &ArrayRef) -> Texts
        where
            T::Native: std::fmt::Display,
        {
            Texts::Owned(array.as_primitive::<T>().iter().map(|value| value.map(|value| value.to_string())).collect())
        }
        Some(match array.data_type() {
            DataType::Int8 => decimals::<Int8Type>(array),
            DataType::Int16 => decimals::<Int16Type>(array),
            DataType::Int32 => decimals::<Int32Type>(array),
            DataType::Int64 => decimals::<Int64Type>(array),
            DataType::UInt8 => decimals::<UInt8Type>(array),
            DataType::UInt16 => decimals::<UInt16Type>(array),
            DataType::UInt32 => decimals::<UInt32Type>(array),
            DataType::UInt64 => decimals::<UInt64Type>(array),
            _ => return Texts::of(array),
        })
    }
}

/// References: one a row, or a list a row.
pub enum References {
    One(Texts),
    /// Ends of the rows' lists, and the texts of all.
    Many(Vec<usize>, Vec<usize>, Texts),
}

impl References {
    /// The references of a row; absent ones are none.
    pub fn get(&self, at: usize) -> impl Iterator<Item = &str> {
        let (texts, range) = match self {
            References::One(texts) => (texts, at..at + 1),
            References::Many(starts, ends, texts) => (texts, starts[at]..ends[at]),
        };
        range.filter_map(|at| texts.get(at))
    }

    fn of(array: &ArrayRef) -> Option<References> {
        fn lists<O: OffsetSizeTrait>(array: &ArrayRef) -> Option<References> {
            let lists = array.as_list::<O>();
            let offsets: Vec<usize> = lists.value_offsets().iter().map(|offset| offset.as_usize()).collect();
            let starts = offsets[..lists.len()].to_vec();
            let ends =
                (0..lists.len()).map(|at| if lists.is_valid(at) { offsets[at + 1] } else { offsets[at] }).collect();
            Some(References::Many(starts, ends, Texts::of(lists.values())?))
        }
        match array.data_type() {
            DataType::List(_) => lists::<i32>(array),
            DataType::LargeList(_) => lists::<i64>(array),
            _ => Texts::of(array).map(References::One),
        }
    }
}

/// Some rows of what is to be scored.
pub struct Chunk {
    /// The number of its first row.
    pub first: usize,
    pub candidates: Texts,
    pub references: Option<References>,
    pub sources: Option<Texts>,
    pub langs: Option<Texts>,
    pub ids: Option<Texts>,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.candidates.len()
    }
}

/// Pairs as Python gave them, to be scored or observed.
#[pyclass(frozen, module = "epitome._native")]
pub struct Pairs(pub Vec<Chunk>);

#[pymethods]
impl Pairs {
    /// Lists, each as long as the first.
    #[staticmethod]
    #[pyo3(signature = (candidates, references=None, sources=None, langs=None, ids=None))]
    fn of_lists(
        candidates: &Bound<'_, PyList>,
        references: Option<&Bound<'_, PyList>>,
        sources: Option<&Bound<'_, PyList>>,
        langs: Option<&Bound<'_, PyList>>,
        ids: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Self> {
        read_lists(candidates, references, sources, langs, ids).map(|chunk| Pairs(vec![chunk]))
    }

    /// A table, chunk by chunk as it is kept. `columns` maps roles to the names of columns.
    #[staticmethod]
    fn of_table(table: &Bound<'_, PyAny>, columns: HashMap<String, String>) -> PyResult<Self> {
        read_table(table, &columns).map(Pairs)
    }
}

/// What a column is for, and the names it has where the caller gives none.
const ROLES: [(&str, &[&str]); 5] = [
    ("candidate", &["candidate"]),
    ("references", &["references", "reference"]),
    ("source", &["source"]),
    ("lang", &["lang"]),
    ("id", &["id"]),
];

fn read_table(object: &Bound<'_, PyAny>, columns: &HashMap<String, String>) -> PyResult<Vec<Chunk>> {
    if let Some(unknown) = columns.keys().find(|role| ROLES.iter().all(|(known, _)| known != role)) {
        let known: Vec<&str> = ROLES.iter().map(|(role, _)| *role).collect();
        return Err(PyValueError::new_err(format!(
            "`{unknown}` is no role of a column; there are {}",
            known.join(", ")
        )));
    }
    let mut first = 0;
    let mut chunks = Vec::new();
    for batch in batches(object)? {
        let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        let find = |role: usize| -> PyResult<Option<(String, ArrayRef)>> {
            let (role, defaults) = ROLES[role];
            let given = columns.get(role);
            let wanted: Vec<&str> = given.map_or_else(|| defaults.to_vec(), |name| vec![name.as_str()]);
            match wanted
                .iter()
                .find_map(|name| batch.column_by_name(name).map(|array| ((*name).to_owned(), array.clone())))
            {
                None if given.is_some() || role == "candidate" => Err(PyValueError::new_err(format!(
                    "the table has no column `{}` for the {role}; it has {}; say which with columns={{\"{role}\": …}}",
                    wanted[0],
                    names.join(", ")
                ))),
                found => Ok(found),
            }
        };
        let text = |role: usize| read(find(role)?, "text", Texts::of);
        let candidates = text(0)?.unwrap_or(Texts::Owned(Vec::new()));
        let chunk = Chunk {
            first,
            candidates,
            references: read(find(1)?, "text or lists of text", References::of)?,
            sources: text(2)?,
            langs: text(3)?,
            ids: read(find(4)?, "text or integers", Texts::of_ids)?,
        };
        first += chunk.len();
        chunks.push(chunk);
    }
    Ok(chunks)
}

fn read<T>(
    found: Option<(String, ArrayRef)>,
    wanted: &str,
    of: impl Fn(&ArrayRef) -> Option<T>,
) -> PyResult<Option<T>> {
    let Some((name, array)) = found else { return Ok(None) };
    match of(&array) {
        Some(read) => Ok(Some(read)),
        None => Err(PyTypeError::new_err(format!(
            "column `{name}` holds {}, not {wanted}; cast it first",
            array.data_type()
        ))),
    }
}

fn batches(object: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let reader = RecordBatchStreamReader::from_pyarrow_bound(object)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| PyValueError::new_err(error.to_string()))?;
    // A table without rows still has columns, which are to be looked at.
    Ok(if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches })
}

/// Rows that were observed: ids, where they have some, and bytes.
pub fn observed(object: &Bound<'_, PyAny>) -> PyResult<(Option<Vec<String>>, Vec<BinaryArray>)> {
    let (mut ids, mut rows) = (Some(Vec::new()), Vec::new());
    for batch in batches(object)? {
        let Some(row) = batch.column_by_name("row").and_then(|array| array.as_binary_opt::<i32>()) else {
            return Err(PyTypeError::new_err("the table has no column `row` of bytes: it is none that `observe` made"));
        };
        rows.push(row.clone());
        match batch.column_by_name("id").and_then(Texts::of) {
            Some(texts) => {
                if let Some(ids) = &mut ids {
                    ids.extend((0..texts.len()).map(|at| texts.get(at).unwrap_or_default().to_owned()));
                }
            }
            None => ids = None,
        }
    }
    Ok((ids, rows))
}

fn read_lists(
    candidates: &Bound<'_, PyList>,
    references: Option<&Bound<'_, PyList>>,
    sources: Option<&Bound<'_, PyList>>,
    langs: Option<&Bound<'_, PyList>>,
    ids: Option<&Bound<'_, PyList>>,
) -> PyResult<Chunk> {
    let rows = candidates.len();
    let checked = |name: &str, list: Option<&Bound<'_, PyList>>| match list {
        Some(list) if list.len() != rows => {
            Err(PyValueError::new_err(format!("there are {rows} candidates and {} {name}", list.len())))
        }
        _ => Ok(()),
    };
    checked("references", references)?;
    checked("sources", sources)?;
    checked("langs", langs)?;
    checked("ids", ids)?;
    let column = |what: &str, list: Option<&Bound<'_, PyList>>| list.map(|list| texts(what, list)).transpose();
    let ids = ids.map(|list| {
        let decimal = |(row, item): (usize, Bound<'_, PyAny>)| match item.extract::<i64>() {
            Ok(id) => Ok(Some(id.to_string())),
            Err(_) => Ok(text("id", row, &item)?.map(|id| id.to_string())),
        };
        list.iter().enumerate().map(decimal).collect::<PyResult<Vec<_>>>().map(Texts::Owned)
    });
    Ok(Chunk {
        first: 0,
        candidates: texts("candidate", candidates)?,
        references: references.map(reference_lists).transpose()?,
        sources: column("source", sources)?,
        langs: column("lang", langs)?,
        ids: ids.transpose()?,
    })
}

fn texts(what: &str, list: &Bound<'_, PyList>) -> PyResult<Texts> {
    list.iter().enumerate().map(|(row, item)| text(what, row, &item)).collect::<PyResult<Vec<_>>>().map(Texts::Python)
}

fn text(what: &str, row: usize, item: &Bound<'_, PyAny>) -> PyResult<Option<PyBackedStr>> {
    if item.is_none() {
        return Ok(None);
    }
    let Ok(string) = item.cast::<PyString>() else {
        let kind = item.get_type().name()?.to_string();
        return Err(PyTypeError::new_err(format!("row {row}: the {what} is of type {kind}, not str")));
    };
    let text = PyBackedStr::try_from(string.clone());
    text.map(Some).map_err(|error| PyValueError::new_err(format!("row {row}: the {what} is no text: {error}")))
}

fn reference_lists(list: &Bound<'_, PyList>) -> PyResult<References> {
    let (mut starts, mut ends, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (row, item) in list.iter().enumerate() {
        starts.push(all.len());
        if item.is_instance_of::<PyString>() || item.is_none() {
            all.push(text("reference", row, &item)?);
        } else {
            let several = item.try_iter().map_err(|_| {
                PyTypeError::new_err(format!("row {row}: the references are neither a str nor a list of them"))
            })?;
            for one in several {
                all.push(text("reference", row, &one?)?);
            }
        }
        ends.push(all.len());
    }
    Ok(References::Many(starts, ends, Texts::Python(all)))
}
