//! Text that grows as a Python string.

use pyo3::{ffi, prelude::*, types::PyString};

/// A Python string that text is added to, so that a long one is never in memory twice.
#[derive(Default)]
pub(crate) struct Text(Option<Py<PyString>>);

impl Text {
    pub(crate) fn push(&mut self, py: Python<'_>, piece: &str) -> PyResult<()> {
        let piece = PyString::new(py, piece);
        self.0 = Some(match self.0.take() {
            Some(text) => appended(py, text, &piece)?,
            None => piece.unbind(),
        });
        Ok(())
    }

    pub(crate) fn into_string(self, py: Python<'_>) -> Py<PyString> {
        self.0.unwrap_or_else(|| PyString::new(py, "").unbind())
    }
}

/// Both texts as one. Python lengthens the first where it lies, as nobody else has it.
#[expect(
    unsafe_code,
    reason = "PyO3 has no safe form of this function of Python's"
)]
fn appended(
    py: Python<'_>,
    text: Py<PyString>,
    piece: &Bound<'_, PyString>,
) -> PyResult<Py<PyString>> {
    let mut text = text.into_ptr();
    // SAFETY: `text` is a string that is owned here, whose place the function fills with the longer
    // one, or with null after releasing it when it sets an exception. `piece` is only borrowed.
    unsafe {
        ffi::PyUnicode_Append(&raw mut text, piece.as_ptr());
        let text = Bound::from_owned_ptr_or_err(py, text)?;
        Ok(text.cast_into_unchecked().unbind())
    }
}
