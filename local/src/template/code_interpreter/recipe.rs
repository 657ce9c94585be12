//! How the template is made.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{MANIFEST, Manifest, NAME, OPT, PREFIX, pip::Pip};
use crate::template::{
    cache::{Cache, Lock},
    making::{BuildError, Steps},
};

/// Changes whenever the same parts are put together in another way.
const VERSION: u32 = 2;

/// The packages of the environment, all of them.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The package that runs JavaScript and TypeScript: the program itself, made by its authors.
const DENO: &str = include_str!("requirements-deno.txt");

/// What pip says where there is none for the machine.
const NO_DENO: &str = "No matching distribution found for deno==";

/// Makes the environment, before there is anything in it.
const ENVIRONMENT: &str = include_str!("environment.py");

/// The module that kernels of Python and bash are started as, which is our own.
const MODULE: &str = "sandspan_kernel";

/// Its files.
const MODULE_FILES: [(&str, &str); 10] = [
    ("__init__.py", include_str!("kernel/__init__.py")),
    ("__main__.py", include_str!("kernel/__main__.py")),
    ("application.py", include_str!("kernel/application.py")),
    ("bash.py", include_str!("kernel/bash.py")),
    ("boxes.py", include_str!("kernel/boxes.py")),
    ("chart.py", include_str!("kernel/chart.py")),
    ("display.py", include_str!("kernel/display.py")),
    ("images.py", include_str!("kernel/images.py")),
    ("imports.py", include_str!("kernel/imports.py")),
    ("plain.py", include_str!("kernel/plain.py")),
];

/// The pythons of hosts that sandboxes can see, the preferred first.
const PYTHONS: [&str; 7] = [
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "/usr/bin/python3.14",
    "/usr/bin/python3.13",
    "/usr/bin/python3.12",
    "/usr/bin/python3.11",
    "/usr/bin/python3.10",
];

/// The oldest Python that the packages are there for.
const OLDEST_PYTHON: u32 = 10;

/// What the template is made from on this host.
#[derive(Debug, Clone)]
pub(in crate::template) struct Recipe {
    python: PathBuf,
    /// The directory of the template in a cache.
    pub(in crate::template) directory: String,
}

impl Recipe {
    /// Looks what the host has.
    pub(in crate::template) fn find() -> Result<Self, BuildError> {
        let mut programs = PYTHONS
            .iter()
            .filter_map(|path| fs::canonicalize(path).ok());
        let python = programs
            .find(|program| is_seen_in_sandboxes(program) && is_new_enough(program))
            .ok_or(BuildError::NoPython)?;
        let directory = format!("{NAME}-{}", key(&python)?);
        Ok(Self { python, directory })
    }

    /// Makes the template in a directory that is not there yet.
    pub(in crate::template) fn make(
        &self,
        cache: &Cache,
        lock: &Lock,
        directory: &Path,
        steps: &mut Steps<'_>,
    ) -> Result<(), BuildError> {
        let prefix = directory.join(PREFIX.trim_start_matches('/'));
        let pip = directory.join("pip");
        steps.begin("preparing an environment");
        self.prepare(lock, &prefix, &pip)?;
        let deno = install(&Pip::find(&prefix, &pip, cache, lock)?, steps)?;
        steps.begin("finishing");
        fs::remove_dir_all(directory.join("pip"))?;
        self.add_module(&prefix)?;
        move_scripts(&prefix)?;
        let size = open_to_all(&directory.join(OPT))?;
        let manifest = Manifest {
            python: self.python.clone(),
            made: Timestamp::now(),
            size,
            deno,
        };
        fs::write(
            directory.join(MANIFEST),
            serde_json::to_vec_pretty(&manifest).map_err(io::Error::from)?,
        )?;
        Ok(())
    }

    /// Makes the environment without anything in it, and finds a pip to fill it with.
    fn prepare(&self, lock: &Lock, prefix: &Path, pip: &Path) -> Result<(), BuildError> {
        // The lock stays with the process, should this one die.
        let mut command = Command::new(&self.python);
        command
            .args([OsStr::new("-I"), OsStr::new("-c"), OsStr::new(ENVIRONMENT)])
            .args([prefix, pip])
            .stdin(Stdio::from(lock.try_clone()?));
        let output = command.output()?;
        if output.status.success() {
            return Ok(());
        }
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.trim().lines().last().unwrap_or("it says nothing");
        Err(BuildError::NoEnvironment(reason.to_owned()))
    }

    /// Adds the module of our own. It is compiled without looking at any other package: nothing of
    /// those runs outside of a sandbox.
    fn add_module(&self, prefix: &Path) -> Result<(), BuildError> {
        let packages = packages(prefix)?;
        let module = packages.join(MODULE);
        fs::create_dir(&module)?;
        for (name, content) in MODULE_FILES {
            fs::write(module.join(name), content)?;
        }
        let mut command = Command::new(&self.python);
        command
            .args(["-I", "-S", "-m", "compileall", "-q"])
            .arg(&module);
        let output = command.stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(())
        } else {
            let reason = String::from_utf8_lossy(&output.stderr);
            Err(BuildError::NoEnvironment(reason.trim().to_owned()))
        }
    }
}

/// Installs all packages. Gives what pip says where all that is missing is a Deno for this machine.
fn install(pip: &Pip<'_>, steps: &mut Steps<'_>) -> Result<Result<(), String>, BuildError> {
    // Deno first, so that it is missed before anything is fetched. pip installs all or nothing.
    match pip.install(&format!("{DENO}{REQUIREMENTS}"), steps) {
        Ok(()) => Ok(Ok(())),
        Err(BuildError::Pip(words)) if words.contains(NO_DENO) => {
            pip.install(REQUIREMENTS, steps)?;
            Ok(Err(words))
        }
        Err(problem) => Err(problem),
    }
}

/// Whether a program is where sandboxes see the host's: links can lead elsewhere.
fn is_seen_in_sandboxes(program: &Path) -> bool {
    program.starts_with("/usr")
}

/// Whether the name of the program says a version that will do, or none.
fn is_new_enough(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let minor = name.strip_prefix("python3.").map(str::parse::<u32>);
    !matches!(minor, Some(Ok(minor)) if minor < OLDEST_PYTHON)
}

/// Changes when something changes that the template is made from.
fn key(python: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let parts = [REQUIREMENTS, DENO, ENVIRONMENT, env!("CARGO_PKG_VERSION")];
    let files = MODULE_FILES.map(|(_, content)| content);
    for part in parts.iter().chain(&files) {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hasher.update(VERSION.to_le_bytes());
    hasher.update(python.as_os_str().as_bytes());
    if python.extension().is_none() {
        // Its name does not say which one it is.
        hasher.update(fs::metadata(python)?.mtime().to_le_bytes());
    }
    let digest = hasher.finalize();
    let (start, _) = digest.split_first_chunk().expect("it has 32 bytes");
    Ok(format!("{:016x}", u64::from_be_bytes(*start)))
}

/// Where the packages of the environment are.
pub(super) fn packages(prefix: &Path) -> io::Result<PathBuf> {
    let mut versions = fs::read_dir(prefix.join("lib"))?;
    let version = versions.next().ok_or(io::ErrorKind::NotFound)??;
    Ok(version.path().join("site-packages"))
}

/// Lets scripts name the place where they will be, instead of the one where they are.
fn move_scripts(prefix: &Path) -> io::Result<()> {
    for entry in fs::read_dir(prefix.join("bin"))? {
        let path = entry?.path();
        if path.is_symlink() {
            continue;
        }
        if let Some(script) = moved(&fs::read(&path)?, prefix) {
            // In place, for the file keeps its permissions.
            fs::write(&path, script)?;
        }
    }
    Ok(())
}

/// A script that names the place where it will be: in its first line, or in the one after, where the
/// shell runs it because the path is long or has spaces. Nothing where it names no such place.
fn moved(script: &[u8], prefix: &Path) -> Option<Vec<u8>> {
    let mut ends = script
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n');
    let (end, _) = ends.nth(1)?;
    let (head, rest) = script.split_at(end);
    let (head, here) = (str::from_utf8(head).ok()?, prefix.to_str()?);
    let is_meant = head.starts_with("#!") && head.contains(here);
    is_meant.then(|| [head.replace(here, PREFIX).as_bytes(), rest].concat())
}

/// Lets every user of a sandbox install and remove packages, whoever owns them on the host: nobody
/// but the owner gets as far as here there. Gives how much room all of it takes, in bytes.
fn open_to_all(path: &Path) -> io::Result<u64> {
    let metadata = path.symlink_metadata()?;
    let mut size = metadata.blocks() * 512;
    let mode = metadata.mode() & 0o777;
    let open = match metadata.file_type() {
        kind if kind.is_dir() => 0o777,
        kind if kind.is_symlink() => mode,
        _ if mode & 0o100 != 0 => mode | 0o555,
        // Whoever makes it may have chosen that nobody else reads new files.
        _ => mode | 0o444,
    };
    if open != mode {
        fs::set_permissions(path, fs::Permissions::from_mode(open))?;
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            size += open_to_all(&entry?.path())?;
        }
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_new_enough, is_seen_in_sandboxes, moved};

    #[test]
    fn scripts_name_the_place_where_they_will_be() {
        let short = "#!/a b/env/bin/python\nimport x\nx()\n";
        let long = "#!/bin/sh\nexec \"/a b/env/bin/python\" \"$0\"\nx()\n";
        for script in [short, long] {
            let expected = script.replace("/a b/env", "/opt/code-interpreter");
            let moved = moved(script.as_bytes(), Path::new("/a b/env"));
            assert_eq!(moved, Some(expected.into_bytes()), "{script}");
        }
        for other in ["#!/bin/sh\na\nb\n", "\u{7f}ELF /a b/env\n\n", "#!/a b/env"] {
            assert_eq!(moved(other.as_bytes(), Path::new("/a b/env")), None);
        }
    }

    #[test]
    fn takes_pythons_that_sandboxes_see_and_packages_are_there_for() {
        assert!(is_seen_in_sandboxes(Path::new("/usr/bin/python3.11")));
        assert!(!is_seen_in_sandboxes(Path::new(
            "/opt/python/bin/python3.11"
        )));
        assert!(is_new_enough(Path::new("/usr/bin/python3.10")));
        assert!(is_new_enough(Path::new("/usr/bin/python3")));
        assert!(!is_new_enough(Path::new("/usr/bin/python3.9")));
    }
}
