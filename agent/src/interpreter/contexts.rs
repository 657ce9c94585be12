//! The contexts of a sandbox.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandspan_protocol::{agent::InterpreterConfig, interpreter};

use super::{Shared, context::Context, place};
use crate::process::working_directory;

/// The language of who names none.
const DEFAULT: &str = "python";

/// The languages whose contexts are there from the beginning.
const FROM_THE_BEGINNING: [&str; 2] = [DEFAULT, "javascript"];

/// All contexts, the oldest first.
pub(super) struct Contexts {
    config: InterpreterConfig,
    shared: Arc<Shared>,
    all: Mutex<Vec<Arc<Context>>>,
}

impl Contexts {
    /// Makes the contexts that are there from the beginning, and starts those that are to be ahead.
    pub(super) fn new(config: InterpreterConfig, shared: Arc<Shared>) -> Self {
        let contexts = Self {
            config,
            shared,
            all: Mutex::default(),
        };
        for kernel in &contexts.config.kernels {
            let language = kernel.language.as_str();
            if !(kernel.ahead || FROM_THE_BEGINNING.contains(&language)) {
                continue;
            }
            let Ok(context) = contexts.of_language(Some(language)) else {
                continue;
            };
            if kernel.ahead {
                tokio::spawn(async move {
                    // The first execution tries again, and tells what is wrong.
                    let _ = context.start().await;
                });
            }
        }
        contexts
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Context>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What clients are told of all.
    pub(super) fn list(&self) -> Vec<interpreter::Context> {
        let all = self.lock();
        all.iter().map(|context| context.about().clone()).collect()
    }

    /// The context of an id.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Context>> {
        let all = self.lock();
        all.iter().find(|it| it.about().id == id).cloned()
    }

    /// Takes a context out.
    pub(super) fn take(&self, id: &str) -> Option<Arc<Context>> {
        let mut all = self.lock();
        let index = all.iter().position(|it| it.about().id == id)?;
        Some(all.remove(index))
    }

    /// The default context of a language, which is made if there is none. The error is for the user.
    pub(super) fn of_language(&self, language: Option<&str>) -> Result<Arc<Context>, String> {
        let language = normalized(language);
        let is_it = |it: &&Arc<Context>| it.is_default && it.about().language == language;
        if let Some(context) = self.lock().iter().find(is_it) {
            return Ok(Arc::clone(context));
        }
        self.make(&language, None, true)
    }

    /// Adds a context, whose kernel is not started yet. The error is for the user.
    pub(super) fn add(
        &self,
        language: Option<&str>,
        directory: Option<&str>,
    ) -> Result<Arc<Context>, String> {
        self.make(&normalized(language), directory, false)
    }

    fn make(
        &self,
        language: &str,
        directory: Option<&str>,
        is_default: bool,
    ) -> Result<Arc<Context>, String> {
        let kernels = &self.config.kernels;
        let kernel = kernels.iter().find(|kernel| kernel.language == language);
        let kernel = kernel.ok_or_else(|| self.unknown(language))?;
        let directory = working_directory(directory.unwrap_or_default(), &self.shared.user.home)
            .map_err(|problem| problem.message.unwrap_or_default())?;
        let about = interpreter::Context {
            id: id(),
            language: language.to_owned(),
            cwd: directory.to_string_lossy().into_owned(),
        };
        let shared = Arc::clone(&self.shared);
        let context = Arc::new(Context::new(about, is_default, kernel.clone(), shared));
        self.lock().push(Arc::clone(&context));
        Ok(context)
    }

    fn unknown(&self, language: &str) -> String {
        if let Some(advice) = self.config.unavailable.get(language) {
            return format!("language '{language}' is not available: {advice}");
        }
        let kernels = self.config.kernels.iter();
        let there: Vec<&str> = kernels.map(|kernel| kernel.language.as_str()).collect();
        let there = there.join(", ");
        format!("language '{language}' is not known; there are: {there}")
    }
}

/// A language in the name that it has here.
fn normalized(language: Option<&str>) -> String {
    let language = language.unwrap_or_default().trim().to_lowercase();
    match language.as_str() {
        "" => DEFAULT.to_owned(),
        "js" => "javascript".to_owned(),
        "ts" => "typescript".to_owned(),
        _ => language,
    }
}

/// An id in the form of a UUID, as clients know them.
fn id() -> String {
    let random = place::random();
    let part = |from, to| &random[from..to];
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)].map(|(from, to)| part(from, to));
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::{id, normalized};

    #[test]
    fn languages_have_one_name() {
        for (given, name) in [
            (None, "python"),
            (Some(""), "python"),
            (Some(" Python "), "python"),
            (Some("js"), "javascript"),
            (Some("TS"), "typescript"),
            (Some("bash"), "bash"),
        ] {
            assert_eq!(normalized(given), name);
        }
    }

    #[test]
    fn ids_differ() {
        assert_eq!(id().len(), 36);
        assert_ne!(id(), id());
    }
}
