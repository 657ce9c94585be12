//! Where the `sandspan` program is.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{BUNDLED, failed};
use crate::Result;

/// The environment variable that names the program.
const VARIABLE: &str = "SANDSPAN_PROGRAM";

const NAME: &str = "sandspan";

/// The program that is the local runtime, as an absolute path.
pub(super) fn find() -> Result<PathBuf> {
    let beside = env::current_exe()
        .ok()
        .map(|program| program.with_file_name(NAME));
    let places = Places {
        named: env::var_os(VARIABLE).filter(|path| !path.is_empty()),
        bundled: BUNDLED.get().cloned(),
        beside,
        path: env::var_os("PATH"),
    };
    places.find()
}

struct Places {
    named: Option<OsString>,
    bundled: Option<PathBuf>,
    beside: Option<PathBuf>,
    path: Option<OsString>,
}

impl Places {
    fn find(self) -> Result<PathBuf> {
        if let Some(named) = self.named {
            // No other program in its place: whoever names one wants that one.
            let named = PathBuf::from(named);
            return program(&named).ok_or_else(|| {
                failed(format!(
                    "{VARIABLE} is {}, which is no program",
                    named.display()
                ))
            });
        }
        let mut looked = Vec::new();
        for place in self.bundled.into_iter().chain(self.beside) {
            if let Some(program) = program(&place) {
                return Ok(program);
            }
            looked.push(place.display().to_string());
        }
        let path = self.path.unwrap_or_default();
        let mut folders = env::split_paths(&path).map(|folder| folder.join(NAME));
        folders.find_map(|place| program(&place)).ok_or_else(|| {
            looked.push("the folders of PATH".to_owned());
            failed(format!(
                "Cannot find the program '{NAME}' that runs sandboxes on this machine. Looked for \
                 it in {}. {VARIABLE} can name another place",
                looked.join(", ")
            ))
        })
    }
}

/// The absolute path of a file, if it is one that can be executed.
fn program(path: &Path) -> Option<PathBuf> {
    let metadata = fs::metadata(path).ok()?;
    let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    executable.then(|| std::path::absolute(path).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Places;

    fn places() -> Places {
        Places {
            named: None,
            bundled: Some("/nowhere/bundled/sandspan".into()),
            beside: Some("/nowhere/beside/sandspan".into()),
            path: Some("/nowhere/one:/nowhere/two".into()),
        }
    }

    #[test]
    fn the_error_tells_where_it_looked() {
        let error = places().find().expect_err("nowhere");
        for place in [
            "/nowhere/bundled/sandspan",
            "/nowhere/beside/sandspan",
            "PATH",
        ] {
            assert!(error.message().contains(place), "{error}");
        }
    }

    #[test]
    fn a_named_program_is_that_or_none() {
        let named = |path: &str| Places {
            named: Some(path.into()),
            ..places()
        };
        assert_eq!(named("/bin/sh").find().ok(), Some(PathBuf::from("/bin/sh")));
        for path in ["/nowhere/sandspan", "/", "/etc/passwd"] {
            let error = named(path).find().expect_err("no program");
            assert!(error.message().contains(path), "{error}");
        }
    }
}
