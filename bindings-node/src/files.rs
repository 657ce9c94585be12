//! The files in a sandbox.

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either3, PromiseRaw, Result, Uint8Array};
use napi_derive::napi;
use sandspan::FileContent;

use crate::error::JsResult;
use crate::file_entry::{EntryInfo, WriteInfo};
use crate::file_feed::FileFeed;
use crate::file_options::{
    FileListOptions, FileOptions, FileReadOptions, FileWriteOptions, WatchOptions,
};
use crate::file_reader::FileReader;
use crate::promise::promise;
use crate::text::Text;
use crate::watch::Watch;

/// The files in a sandbox.
#[napi]
pub struct Files {
    inner: sandspan::Files,
}

impl From<sandspan::Files> for Files {
    fn from(inner: sandspan::Files) -> Self {
        Self { inner }
    }
}

/// A file to write.
#[napi(object, object_to_js = false)]
pub struct FileWriteEntry<'env> {
    /// Its path.
    pub path: String,
    /// What it is to contain.
    pub data: Either3<String, Uint8Array, ClassInstance<'env, FileFeed>>,
}

impl From<FileWriteEntry<'_>> for sandspan::WriteEntry {
    fn from(entry: FileWriteEntry<'_>) -> Self {
        Self {
            path: entry.path,
            content: match entry.data {
                Either3::A(text) => text.into(),
                Either3::B(bytes) => FileContent::from(&*bytes),
                Either3::C(feed) => feed.content(),
            },
        }
    }
}

#[napi]
impl Files {
    /// Reads a file as text.
    #[napi(ts_return_type = "Promise<JsResult<string>>")]
    pub fn read_text<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileReadOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Text>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let text = files.read(&path, options.try_into()?).await?;
            Ok(text.into())
        })
    }

    /// Reads a file.
    #[napi]
    pub fn read_bytes<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileReadOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Uint8Array>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let bytes = files.read_bytes(&path, options.try_into()?).await?;
            Ok(Vec::from(bytes).into())
        })
    }

    /// Begins to read a file piece by piece.
    #[napi]
    pub fn read_stream<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileReadOptions,
    ) -> Result<PromiseRaw<'env, JsResult<FileReader>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let reader = files.read_stream(&path, options.try_into()?).await?;
            Ok(reader.into())
        })
    }

    /// Writes files.
    #[napi]
    pub fn write<'env>(
        &self,
        env: &'env Env,
        entries: Vec<FileWriteEntry<'_>>,
        options: FileWriteOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Vec<WriteInfo>>>> {
        let files = self.inner.clone();
        let entries = entries.into_iter().map(Into::into).collect();
        promise(env, async move {
            let written = files.write_files(entries, options.try_into()?).await?;
            Ok(written.into_iter().map(WriteInfo::from).collect())
        })
    }

    /// Lists a directory.
    #[napi]
    pub fn list<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileListOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Vec<EntryInfo>>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let entries = files.list(&path, options.try_into()?).await?;
            Ok(entries.into_iter().map(EntryInfo::from).collect())
        })
    }

    /// Whether there is something at a path.
    #[napi]
    pub fn exists<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileOptions,
    ) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let files = self.inner.clone();
        promise(env, async move {
            files.exists(&path, options.try_into()?).await
        })
    }

    /// What is at a path.
    #[napi]
    pub fn get_info<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileOptions,
    ) -> Result<PromiseRaw<'env, JsResult<EntryInfo>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let entry = files.get_info(&path, options.try_into()?).await?;
            Ok(entry.into())
        })
    }

    /// Removes what is at a path, and all that is in it.
    #[napi]
    pub fn remove<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileOptions,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let files = self.inner.clone();
        promise(env, async move {
            files.remove(&path, options.try_into()?).await
        })
    }

    /// Moves what is at a path to another one.
    #[napi]
    pub fn rename<'env>(
        &self,
        env: &'env Env,
        old_path: String,
        new_path: String,
        options: FileOptions,
    ) -> Result<PromiseRaw<'env, JsResult<EntryInfo>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let renamed = files.rename(&old_path, &new_path, options.try_into()?);
            Ok(renamed.await?.into())
        })
    }

    /// Makes a directory, and those above it; false when there was one.
    #[napi]
    pub fn make_dir<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: FileOptions,
    ) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let files = self.inner.clone();
        promise(env, async move {
            files.make_dir(&path, options.try_into()?).await
        })
    }

    /// Watches a directory.
    #[napi]
    pub fn watch_dir<'env>(
        &self,
        env: &'env Env,
        path: String,
        options: WatchOptions,
    ) -> Result<PromiseRaw<'env, JsResult<Watch>>> {
        let files = self.inner.clone();
        promise(env, async move {
            let watch = files.watch_dir(&path, options.try_into()?).await?;
            Ok(watch.into())
        })
    }
}
