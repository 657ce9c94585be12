//! What arguments may be that travel as text.

use std::collections::BTreeMap;

use crate::{Error, ErrorKind, Result};

/// Checks a text that becomes an argument of a system call, all of which end at a NUL.
pub(crate) fn check_text(operation: &'static str, name: &str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(invalid(
            operation,
            format!("Invalid {name}: it contains a NUL character"),
        ));
    }
    Ok(())
}

/// Checks the names and values of environment variables. Errors do not quote values, which may be
/// secret.
pub(crate) fn check_envs(operation: &'static str, envs: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in envs {
        check_text(operation, &format!("envs, the name {name:?}"), name)?;
        check_text(operation, &format!("envs, the value of {name:?}"), value)?;
    }
    Ok(())
}

/// Checks the name of a user, behind which a password could follow after a colon.
pub(crate) fn check_user(operation: &'static str, user: &str) -> Result<()> {
    check_text(operation, "user", user)?;
    let reason = if user.is_empty() {
        "it is empty"
    } else if user.contains(':') {
        "it contains a colon"
    } else {
        return Ok(());
    };
    Err(invalid(operation, format!("Invalid user: {reason}")))
}

fn invalid(operation: &'static str, message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{check_envs, check_text, check_user};
    use crate::{ErrorKind, Result};

    fn refused(result: Result<()>) -> String {
        let error = result.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        error.message().to_owned()
    }

    fn envs(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn texts_without_nul() {
        assert!(check_text("commands.run", "cmd", "echo é\n").is_ok());
        let message = refused(check_text("commands.run", "cwd", "/tmp\0"));
        assert_eq!(message, "Invalid cwd: it contains a NUL character");
    }

    #[test]
    fn variables_are_named_and_values_are_not_shown() {
        assert!(check_envs("commands.run", &envs("A", "b=c")).is_ok());
        let message = refused(check_envs("commands.run", &envs("A\0B", "")));
        assert_eq!(
            message,
            r#"Invalid envs, the name "A\0B": it contains a NUL character"#
        );
        let message = refused(check_envs("commands.run", &envs("A", "secret\0")));
        assert_eq!(
            message,
            r#"Invalid envs, the value of "A": it contains a NUL character"#
        );
    }

    #[test]
    fn names_of_users() {
        assert!(check_user("commands.run", "root").is_ok());
        let cases = [
            ("", "Invalid user: it is empty"),
            ("root:x", "Invalid user: it contains a colon"),
            ("a\0", "Invalid user: it contains a NUL character"),
        ];
        for (user, message) in cases {
            assert_eq!(refused(check_user("commands.run", user)), message);
        }
    }
}
