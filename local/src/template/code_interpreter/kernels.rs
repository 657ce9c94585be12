//! The kernels of the template, as the agent is told of them.

use std::{collections::BTreeMap, path::Path};

use sandspan_protocol::agent::{InterpreterConfig, Interrupt, KernelConfig, Transport};

use super::{Manifest, NAME, PREFIX, specification};

/// Where hosts have a Deno of their own.
const DENO: &str = "/usr/bin/deno";

/// What stands for the path of the file that tells a kernel where to listen.
const CONNECTION_FILE: &str = "{connection_file}";

/// The languages that are there if the host has a kernel for them, and what to install for that.
const OF_THE_HOST: [(&str, &str); 2] = [
    (
        "r",
        "install R and its package IRkernel for all users of this machine \
         (IRkernel::installspec(user = FALSE))",
    ),
    (
        "java",
        "install a kernel for Java for all users of this machine, such as JJava, in \
         /usr/share/jupyter/kernels",
    ),
];

/// The kernels of a made template, and of the host, whose programs sandboxes see.
pub(in crate::template) fn interpreter(manifest: &Manifest) -> InterpreterConfig {
    let python = KernelConfig {
        ahead: true,
        ..of_python("python", "sandspan_kernel")
    };
    let mut kernels = vec![python, of_python("bash", "sandspan_kernel.bash")];
    let mut unavailable = BTreeMap::new();
    for language in ["javascript", "typescript"] {
        match deno(manifest) {
            Ok(program) => kernels.push(of_deno(language, &program)),
            Err(advice) => drop(unavailable.insert(language.to_owned(), advice)),
        }
    }
    for (language, advice) in OF_THE_HOST {
        match specification::find(language) {
            Some(specification) => kernels.push(specification.kernel(language, environment())),
            None => drop(unavailable.insert(language.to_owned(), advice.to_owned())),
        }
    }
    InterpreterConfig {
        kernels,
        unavailable,
    }
}

/// The program that runs JavaScript, or what to do about there being none.
fn deno(manifest: &Manifest) -> Result<String, String> {
    match &manifest.deno {
        Ok(()) => Ok(format!("{PREFIX}/bin/deno")),
        Err(_) if Path::new(DENO).exists() => Ok(DENO.to_owned()),
        Err(reason) => Err(format!(
            "install Deno as {DENO}; it could not be had when the template was made ({reason}), \
             which is made again after `sandspan template remove {NAME}`"
        )),
    }
}

/// A kernel that is a module of the environment.
fn of_python(language: &str, module: &str) -> KernelConfig {
    let program = format!("{PREFIX}/bin/python");
    KernelConfig {
        language: language.to_owned(),
        argv: [&program, "-m", module, "-f", CONNECTION_FILE]
            .map(str::to_owned)
            .into(),
        env: environment(),
        ahead: false,
        interrupt: Interrupt::Signal,
        transport: Transport::Ipc,
    }
}

fn of_deno(language: &str, program: &str) -> KernelConfig {
    let mut env = environment();
    // Results are data for programs.
    env.insert("NO_COLOR".to_owned(), "1".to_owned());
    KernelConfig {
        language: language.to_owned(),
        argv: [program, "jupyter", "--kernel", "--conn", CONNECTION_FILE]
            .map(str::to_owned)
            .into(),
        env,
        ahead: false,
        interrupt: Interrupt::Signal,
        // It knows no other.
        transport: Transport::Tcp,
    }
}

/// What login shells have too.
fn environment() -> BTreeMap<String, String> {
    let path = format!(
        "{PREFIX}/bin:/home/user/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    );
    [("PATH", path.as_str()), ("VIRTUAL_ENV", PREFIX)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[cfg(test)]
mod tests {
    use sandspan_protocol::agent::InterpreterConfig;

    use super::{super::Manifest, CONNECTION_FILE, interpreter};

    fn config(deno: Result<(), String>) -> InterpreterConfig {
        interpreter(&Manifest {
            python: "/usr/bin/python3.14".into(),
            made: jiff::Timestamp::UNIX_EPOCH,
            size: 1,
            deno,
        })
    }

    fn languages(config: &InterpreterConfig) -> Vec<&str> {
        let mut languages: Vec<_> = config
            .kernels
            .iter()
            .map(|it| it.language.as_str())
            .collect();
        languages.extend(config.unavailable.keys().map(String::as_str));
        languages.sort_unstable();
        languages
    }

    #[test]
    fn every_language_is_there_or_says_why_not() {
        let known = ["bash", "java", "javascript", "python", "r", "typescript"];
        assert_eq!(languages(&config(Ok(()))), known);
        let without = config(Err("no wheel for this machine".to_owned()));
        assert_eq!(languages(&without), known);
        if let Some(advice) = without.unavailable.get("javascript") {
            assert!(advice.contains("no wheel for this machine"), "{advice}");
        }
    }

    #[test]
    fn python_alone_is_started_ahead() {
        let config = config(Ok(()));
        for kernel in &config.kernels {
            assert_eq!(kernel.ahead, kernel.language == "python");
            assert!(kernel.argv.iter().any(|it| it.contains(CONNECTION_FILE)));
        }
    }
}
