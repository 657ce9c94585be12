//! Files that are written at once.

use pyo3::{
    inspect::PyStaticExpr, prelude::*, type_hint_identifier, type_hint_subscript, types::PyString,
};
use sandspan::WriteEntry;

use crate::{
    entries::Entries,
    error::InvalidArgumentException,
    file_arguments::Path,
    parsing::wrong_type,
    source::{AsyncContent, BlockingContent, Content},
    upload::Upload,
};

/// The dictionaries `SyncWriteEntry`: what a blocking program writes.
pub(crate) struct BlockingWriteEntries(Vec<(Path, Content)>);

/// The dictionaries `AsyncWriteEntry`: what an asyncio program writes.
pub(crate) struct AsyncWriteEntries(Vec<(Path, Content)>);

macro_rules! write_entries {
    ($entries:ident, $content:ident, $class:literal) => {
        impl FromPyObject<'_, '_> for $entries {
            type Error = PyErr;

            const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
                type_hint_identifier!("collections.abc", "Iterable"),
                type_hint_identifier!("sandspan.files", $class)
            );

            fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
                entries::<$content>(&value).map(Self)
            }
        }

        impl $entries {
            /// What the core reads them from.
            pub(crate) fn into_entries(self, upload: &mut Upload) -> Vec<WriteEntry> {
                let entries = self.0.into_iter();
                let entry = |(path, content): (Path, Content)| WriteEntry {
                    path: path.into(),
                    content: upload.content(content),
                };
                entries.map(entry).collect()
            }
        }
    };
}

write_entries!(BlockingWriteEntries, BlockingContent, "SyncWriteEntry");
write_entries!(AsyncWriteEntries, AsyncContent, "AsyncWriteEntry");

fn entries<C>(value: &Bound<'_, PyAny>) -> PyResult<Vec<(Path, Content)>>
where
    C: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr> + Into<Content>,
{
    let wanted = "a list of dictionaries with `path` and `data`";
    if value.is_instance_of::<PyString>() || value.try_iter().is_err() {
        return Err(wrong_type("files", wanted, value));
    }
    let mut entries = Vec::new();
    for (index, entry) in value.try_iter()?.enumerate() {
        let (name, entry) = (format!("files[{index}]"), entry?);
        let fields = Entries::of(&name, &entry, &["path", "data"])?;
        let field = |key| {
            fields
                .get(key)?
                .ok_or_else(|| InvalidArgumentException::new_err(format!("{name} has no `{key}`")))
        };
        let content: C = field("data")?.extract()?;
        entries.push((field("path")?.extract()?, content.into()));
    }
    Ok(entries)
}
