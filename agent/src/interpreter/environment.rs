//! Environment variables of one execution, which kernels have no words for: code sets them before
//! and takes them back after.

use std::collections::BTreeMap;

use serde_json::json;

/// Environment variables, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// Why variables cannot be set in any language.
pub(super) fn check(variables: &Variables) -> Result<(), String> {
    for (name, value) in variables {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(format!(
                "the name of an environment variable must be neither empty nor have '=' or NUL in \
                 it: {name:?}"
            ));
        }
        if value.contains('\0') {
            return Err(format!(
                "the environment variable {name} has NUL in its value"
            ));
        }
    }
    Ok(())
}

/// Code that sets the variables; none when there are none, or the language is not known.
pub(super) fn set(language: &str, variables: &Variables) -> Option<String> {
    let pairs = variables.iter().map(|(name, value)| (name, Some(value)));
    code(language, pairs)
}

/// Code that gives the variables the values back that they have outside of an execution, or takes
/// those away that have none.
pub(super) fn reset(language: &str, variables: &Variables, outside: &Variables) -> Option<String> {
    let pairs = variables.keys().map(|name| (name, outside.get(name)));
    code(language, pairs)
}

fn code<'variable>(
    language: &str,
    pairs: impl Iterator<Item = (&'variable String, Option<&'variable String>)>,
) -> Option<String> {
    let one = match language {
        "python" => python,
        "javascript" | "typescript" => javascript,
        "bash" => bash,
        "r" => r,
        "java" => java,
        _ => return None,
    };
    let lines: Vec<String> = pairs.map(|(name, value)| one(name, value)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

// What JSON writes as a text is one in these languages too.

fn python(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!(
            "__import__('os').environ[{}] = {}",
            json!(name),
            json!(value)
        ),
        None => format!("__import__('os').environ.pop({}, None)", json!(name)),
    }
}

fn javascript(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!("process.env[{}] = {};", json!(name), json!(value)),
        None => format!("delete process.env[{}];", json!(name)),
    }
}

fn bash(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!("export {}", shell_quoted(&format!("{name}={value}"))),
        None => format!("unset -v {}", shell_quoted(name)),
    }
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn r(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!("Sys.setenv({} = {})", json!(name), json!(value)),
        None => format!("Sys.unsetenv({})", json!(name)),
    }
}

/// Java's own environment cannot be changed; its properties can.
fn java(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!("System.setProperty({}, {});", json!(name), json!(value)),
        None => format!("System.clearProperty({});", json!(name)),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::{Variables, check, reset, set};

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn variables_go_back_to_what_they_are_outside() {
        let outside = variables(&[("A", "outside")]);
        let given = variables(&[("A", "1"), ("B", "2")]);
        let expected = "export 'A=outside'\nunset -v 'B'";
        assert_eq!(reset("bash", &given, &outside).as_deref(), Some(expected));
        assert_eq!(set("bash", &Variables::new()), None);
        assert_eq!(set("cobol", &given), None);
    }

    #[test]
    fn what_no_environment_can_hold_is_refused() {
        for (name, value) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "\0")] {
            check(&variables(&[(name, value)])).expect_err("refused");
        }
        check(&variables(&[("A", ""), ("a.b", "=")])).expect("fine");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn a_shell_sets_what_was_given(value in "[^\0]{0,40}") {
            let code = set("bash", &variables(&[("GIVEN", &value)])).expect("there is one");
            let shell = Command::new("bash")
                .args(["-c", &format!("{code}\nprintf %s \"$GIVEN\"")])
                .output()
                .expect("there is a shell");
            prop_assert_eq!(String::from_utf8(shell.stdout).expect("text"), value);
        }

        #[test]
        fn python_sets_what_was_given(value in "[^\0]{0,40}") {
            let given = variables(&[("GIVEN", &value)]);
            let code = set("python", &given).expect("there is one");
            let back = reset("python", &given, &Variables::new()).expect("there is one");
            let code = format!(
                "{code}\nimport os,sys;sys.stdout.buffer.write(os.environb[b'GIVEN'])\n{back}\n\
                 assert 'GIVEN' not in os.environ"
            );
            let python = Command::new("python3")
                .args(["-c", &code])
                .output()
                .expect("there is a Python");
            prop_assert!(python.status.success());
            prop_assert_eq!(String::from_utf8(python.stdout).expect("text"), value);
        }
    }
}
