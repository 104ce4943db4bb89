//! What scores leave in: an Arrow table that any Arrow library takes.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::DataType;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};

/// A table of columns, handed on through `__arrow_c_stream__`.
#[pyclass(frozen, module = "epitome")]
pub struct Table(pub RecordBatch);

impl Table {
    /// A table of columns of one length.
    pub fn new(columns: Vec<(String, ArrayRef)>, rows: usize) -> PyResult<Self> {
        if columns.is_empty() {
            let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
            let batch = RecordBatch::try_new_with_options(Arc::new(arrow_schema::Schema::empty()), vec![], &options);
            return batch.map(Table).map_err(|error| PyValueError::new_err(error.to_string()));
        }
        // Every column may hold nulls, whether or not it does: the schema is the same for every batch.
        let fields: Vec<_> = columns
            .iter()
            .map(|(name, array)| arrow_schema::Field::new(name, array.data_type().clone(), true))
            .collect();
        let schema = Arc::new(arrow_schema::Schema::new(fields));
        let batch = RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect());
        batch.map(Table).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

#[pymethods]
impl Table {
    /// The columns' names, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.0.num_rows()
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<epitome.Table: {} rows of {}>", self.0.num_rows(), self.column_names().join(", "))
    }

    /// The columns as lists, by name.
    fn to_pydict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, array) in self.column_names().into_iter().zip(self.0.columns()) {
            let items = (0..array.len()).map(|at| cell(py, array, at)).collect::<PyResult<Vec<_>>>()?;
            dict.set_item(name, PyList::new(py, items)?)?;
        }
        Ok(dict)
    }

    /// Arrow's PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A wish that a producer may leave unheard.
        let _ = requested_schema;
        let reader = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

fn cell<'py>(py: Python<'py>, array: &ArrayRef, at: usize) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(at) {
        return Ok(py.None().into_bound(py));
    }
    match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().value(at).into_bound_py_any(py),
        DataType::Binary => Ok(PyBytes::new(py, array.as_binary::<i32>().value(at)).into_any()),
        _ => array.as_string::<i32>().value(at).into_bound_py_any(py),
    }
}
