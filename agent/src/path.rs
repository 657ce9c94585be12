//! How the path of a request is understood.

use std::path::{Component, Path, PathBuf};

/// The file that a path of a request means: a path that is not absolute starts at the user's home
/// directory, as `~` does, and an empty one is that. The error says what is wrong with the path.
///
/// `..` takes the name before it away in such paths, as the hosted services do it; in absolute ones
/// it is left to the kernel, for which it leads out of where a symbolic link led to.
pub(crate) fn resolve(path: &str, home: &Path) -> Result<PathBuf, &'static str> {
    if path.contains('\0') {
        return Err("a path must not contain a NUL character");
    }
    let relative = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest.trim_start_matches('/'),
        Some(_) => return Err("cannot expand user-specific home dir"),
        None if path.starts_with('/') => return Ok(Path::new(path).components().collect()),
        None => path,
    };
    let mut whole = PathBuf::from("/");
    for component in home.join(relative).components() {
        match component {
            Component::ParentDir => {
                whole.pop();
            }
            Component::Normal(name) => whole.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Ok(whole)
}

/// The last name of a path, as `basename` gives it.
pub(crate) fn name(path: &Path) -> String {
    match path.components().next_back() {
        Some(last) => last.as_os_str().to_string_lossy().into_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::{name, resolve};

    #[test]
    fn paths_are_taken_from_home() {
        for (path, whole) in [
            ("", "/home/user"),
            ("~", "/home/user"),
            ("~/", "/home/user"),
            ("~/a", "/home/user/a"),
            ("~//a/", "/home/user/a"),
            ("a", "/home/user/a"),
            ("./a/./b", "/home/user/a/b"),
            ("../a", "/home/a"),
            ("../../../a", "/a"),
            ("a~", "/home/user/a~"),
            ("/a//b/", "/a/b"),
            ("/a/../b", "/a/../b"),
            ("/", "/"),
        ] {
            let found = resolve(path, Path::new("/home/user"));
            assert_eq!(found.as_deref(), Ok(Path::new(whole)), "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused_with_the_reason() {
        for (path, reason) in [
            ("~root", "cannot expand user-specific home dir"),
            ("~root/a", "cannot expand user-specific home dir"),
            ("a\0b", "a path must not contain a NUL character"),
        ] {
            assert_eq!(resolve(path, Path::new("/home/user")), Err(reason));
        }
    }

    #[test]
    fn the_name_is_the_last_part() {
        for (path, last) in [("/a/b", "b"), ("/a/", "a"), ("/", "/"), ("/a/..", "..")] {
            assert_eq!(name(Path::new(path)), last);
        }
    }

    proptest! {
        #[test]
        fn every_path_is_whole_or_refused(path in "(~|/|\\.\\.|a|\0|é| ){0,12}") {
            let home = Path::new("/home/user");
            if let Ok(whole) = resolve(&path, home) {
                prop_assert!(whole.is_absolute());
                let text = whole.to_str().expect("it was text before");
                prop_assert!(!text.contains('\0') && !text.contains("//"));
                if !path.starts_with('/') {
                    prop_assert!(!whole.components().any(|part| part.as_os_str() == ".."));
                }
            }
        }
    }
}
