//! The templates that a user has, for who looks after them. No server needs to run for it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use nix::fcntl::FlockArg;
use sandspan_protocol::runtime::Preparation;

use super::{
    cache::Cache,
    code_interpreter::{self, NAME, Recipe},
    making::{self, BuildError},
};

/// A template of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    /// What clients call it.
    pub name: String,
    /// What has become of it.
    pub state: TemplateState,
    /// How much room it takes, in bytes.
    pub size: Option<u64>,
    /// When it was made.
    pub made: Option<Timestamp>,
    /// Where it lies, or would lie; nothing where the host has no Python to make it from.
    pub directory: Option<PathBuf>,
}

/// What has become of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateState {
    /// It was not made, or has been removed.
    Missing,
    /// Somebody makes it now, or did not get to the end; that is gone on with.
    Unfinished,
    /// Sandboxes can be made from it.
    Ready,
    /// It was made by another version, or from another Python, and nothing uses it any more.
    Outdated,
}

impl TemplateState {
    /// The state as one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unfinished => "unfinished",
            Self::Ready => "ready",
            Self::Outdated => "outdated",
        }
    }
}

/// A template could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// There is none of the name that could be removed.
    #[error("there is no template {0:?} that could be removed: `sandspan template list` shows all")]
    Unknown(String),
    /// Sandboxes are made of it.
    #[error(
        "the template {0} is in use by {1} processes of sandboxes: kill those sandboxes first (one \
         that is paused counts too)"
    )]
    InUse(String, usize),
    /// Somebody makes it, or a sandbox from it, right now.
    #[error("the template {0} is being made, or a sandbox from it: try again")]
    Busy(String),
    /// A file could not be removed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The templates that a user can make and those that there are.
///
/// # Errors
///
/// The directory of templates is unknown or cannot be read.
pub fn list_templates() -> io::Result<Vec<TemplateInfo>> {
    list(&Cache::find()?, Recipe::find().ok().as_ref())
}

fn list(cache: &Cache, recipe: Option<&Recipe>) -> io::Result<Vec<TemplateInfo>> {
    let current = recipe.map(|recipe| recipe.directory.as_str());
    let names = cache.names()?;
    let unfinished = |name: &str| {
        let start = format!("{name}.");
        names
            .iter()
            .any(|found| found == name || found.starts_with(&start))
    };
    let missing = TemplateInfo {
        name: NAME.to_owned(),
        state: TemplateState::Missing,
        size: None,
        made: None,
        directory: current.map(|current| cache.directory(current)),
    };
    let mut templates = Vec::new();
    for name in names.iter().filter(|name| is_whole(name)) {
        let directory = cache.directory(name);
        let manifest = code_interpreter::read_manifest(&directory)?;
        let is_current = Some(name.as_str()) == current;
        if is_current && manifest.is_none() {
            continue;
        }
        templates.push(TemplateInfo {
            state: if is_current {
                TemplateState::Ready
            } else {
                TemplateState::Outdated
            },
            size: manifest.as_ref().map(|manifest| manifest.size),
            made: manifest.as_ref().map(|manifest| manifest.made),
            directory: Some(directory),
            ..missing.clone()
        });
    }
    if !templates.iter().any(|it| it.state == TemplateState::Ready) {
        let state = if current.is_some_and(unfinished) {
            TemplateState::Unfinished
        } else {
            TemplateState::Missing
        };
        templates.insert(0, TemplateInfo { state, ..missing });
    }
    Ok(templates)
}

/// Whether a name is that of a directory of ours that was made to its end.
pub(super) fn is_whole(name: &str) -> bool {
    name.strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Makes a template where it is not there yet, and tells how far it is at least once a second.
/// Blocks until it is made. Gives the languages that no code can be run in, each with what to do
/// about that.
///
/// # Errors
///
/// Why it cannot be made, and what to do about it.
pub fn build_template(
    listener: &mut dyn FnMut(Preparation),
) -> Result<BTreeMap<String, String>, BuildError> {
    let (cache, recipe) = (Cache::find()?, Recipe::find()?);
    making::make(&cache, &recipe, listener)?;
    let manifest = code_interpreter::read_manifest(&cache.directory(&recipe.directory))?;
    // Unless it has been removed this very moment.
    Ok(manifest.map_or_else(BTreeMap::new, |manifest| {
        code_interpreter::interpreter(&manifest).unavailable
    }))
}

/// Whether there is a template of a name that can be made.
#[must_use]
pub fn is_template(name: &str) -> bool {
    name == NAME
}

/// Removes a template: all that was ever made of it and that no sandbox uses, and what was left of
/// makers that did not get to the end. Gives how many bytes that makes free.
///
/// # Errors
///
/// There is nothing of that name, or a sandbox uses it.
pub fn remove_template(name: &str) -> Result<u64, RemoveError> {
    remove(&Cache::find()?, name)
}

fn remove(cache: &Cache, name: &str) -> Result<u64, RemoveError> {
    let all = if is_template(name) {
        cache.names()?
    } else {
        Vec::new()
    };
    let mut parts: Vec<&str> = all
        .iter()
        .filter_map(|name| name.split('.').next())
        .collect();
    parts.retain(|name| is_whole(name));
    parts.dedup();
    let has_downloads = all
        .iter()
        .any(|name| cache.directory(name) == cache.downloads());
    if parts.is_empty() && !has_downloads {
        return Err(RemoveError::Unknown(name.to_owned()));
    }
    // One that is in use is no reason to keep those that are not.
    let removed: Vec<_> = parts.iter().map(|part| remove_part(cache, part)).collect();
    let freed = removed.into_iter().sum::<Result<u64, _>>()?;
    if has_downloads {
        fs::remove_dir_all(cache.downloads())?;
    }
    Ok(freed)
}

fn remove_part(cache: &Cache, part: &str) -> Result<u64, RemoveError> {
    let Some(_lock) = cache.lock(part, FlockArg::LockExclusiveNonblock)? else {
        return Err(RemoveError::Busy(part.to_owned()));
    };
    let users = cache.place(part).map_or(0, |place| users(&place));
    if users > 0 {
        return Err(RemoveError::InUse(part.to_owned(), users));
    }
    let manifest = code_interpreter::read_manifest(&cache.directory(part))?;
    cache.remove(part)?;
    Ok(manifest.map_or(0, |manifest| manifest.size))
}

/// How many processes see a template, by the place where servers show it. Servers do not count: they
/// notice that it has gone.
fn users(place: &str) -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|process| sees(&process.path(), place))
        .count()
}

/// Whether a process has an overlay over a template, which names what it lies on.
fn sees(process: &Path, place: &str) -> bool {
    // Who has ended, or is nobody's business, sees nothing.
    let mounts = fs::read_to_string(process.join("mountinfo")).unwrap_or_default();
    let mut mounts = mounts.lines();
    mounts.any(|mount| mount.contains(" - overlay ") && mount.contains(place))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use nix::fcntl::FlockArg;

    use super::{RemoveError, TemplateState, is_whole, list, remove};
    use crate::template::cache::Cache;

    #[test]
    fn tells_whole_templates_from_the_rest() {
        assert!(is_whole("code-interpreter-v1-0123456789abcdef"));
        for name in [
            "code-interpreter-v1-0123.unfinished-7",
            "code-interpreter-v1",
            "downloads",
            "code-interpreter-v10",
        ] {
            assert!(!is_whole(name), "{name}");
        }
    }

    #[test]
    fn lists_and_removes_what_others_left() {
        let directory = std::env::temp_dir().join(format!("templates-{}", std::process::id()));
        let cache = Cache::at(&directory);
        assert_eq!(
            list(&cache, None).expect("nothing")[0].state,
            TemplateState::Missing
        );
        let parts = [
            "code-interpreter-v1-00",
            "code-interpreter-v1-11.unfinished-1",
        ];
        for part in parts {
            fs::create_dir_all(cache.directory(part).join("opt")).expect("a directory");
        }
        let states: Vec<_> = list(&cache, None)
            .expect("a list")
            .iter()
            .map(|it| it.state)
            .collect();
        assert_eq!(states, [TemplateState::Missing, TemplateState::Outdated]);
        assert!(matches!(
            remove(&cache, "other"),
            Err(RemoveError::Unknown(_))
        ));
        let held = cache.lock(parts[0], FlockArg::LockShared).expect("a lock");
        assert!(matches!(
            remove(&cache, "code-interpreter-v1"),
            Err(RemoveError::Busy(part)) if part == parts[0]
        ));
        assert_eq!(cache.names().expect("names"), [parts[0]]);
        drop(held);
        // A remover of the same number may not have got to the end.
        fs::create_dir_all(cache.unfinished(parts[0]).join("opt")).expect("a directory");
        remove(&cache, "code-interpreter-v1").expect("removed");
        assert_eq!(cache.names().expect("names"), [""; 0]);
        fs::remove_dir_all(&directory).expect("removed");
    }
}
