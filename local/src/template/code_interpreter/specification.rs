//! Kernels that are installed on the host for all of its users, as Jupyter finds them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use sandspan_protocol::agent::{Interrupt, KernelConfig, Transport};
use serde::Deserialize;

/// Where they are described; sandboxes see both places.
const PLACES: [&str; 2] = [
    "/usr/local/share/jupyter/kernels",
    "/usr/share/jupyter/kernels",
];

/// The description of a kernel.
#[derive(Debug, Deserialize)]
pub(super) struct Specification {
    argv: Vec<String>,
    language: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    interrupt_mode: Option<Interrupt>,
    #[serde(skip)]
    directory: PathBuf,
}

/// The kernel of a language, if the host has one.
pub(super) fn find(language: &str) -> Option<Specification> {
    PLACES
        .iter()
        .find_map(|place| find_in(Path::new(place), language))
}

fn find_in(place: &Path, language: &str) -> Option<Specification> {
    let mut directories: Vec<_> = fs::read_dir(place).ok()?.flatten().collect();
    directories.sort_by_key(fs::DirEntry::file_name);
    directories.iter().find_map(|entry| {
        let directory = entry.path();
        let text = fs::read(directory.join("kernel.json")).ok()?;
        let found: Specification = serde_json::from_slice(&text).ok()?;
        let is_meant = found.language.eq_ignore_ascii_case(language);
        is_meant.then_some(Specification { directory, ..found })
    })
}

impl Specification {
    /// The kernel as the agent is told of it.
    pub(super) fn kernel(
        self,
        language: &str,
        environment: BTreeMap<String, String>,
    ) -> KernelConfig {
        let directory = self.directory.to_string_lossy();
        let argv = self.argv.iter();
        KernelConfig {
            language: language.to_owned(),
            argv: argv
                .map(|argument| argument.replace("{resource_dir}", &directory))
                .collect(),
            env: environment.into_iter().chain(self.env).collect(),
            ahead: false,
            interrupt: self.interrupt_mode.unwrap_or_default(),
            // Not all of them know another.
            transport: Transport::Tcp,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use sandspan_protocol::agent::Interrupt;

    use super::find_in;

    #[test]
    fn reads_what_jupyter_reads() {
        let place = std::env::temp_dir().join(format!("kernels-{}", std::process::id()));
        let text = r#"{"argv":["java","-jar","{resource_dir}/k.jar","{connection_file}"],
            "display_name":"Java","language":"java","interrupt_mode":"message"}"#;
        for (name, text) in [("a", "no JSON"), ("java", text)] {
            fs::create_dir_all(place.join(name)).expect("a directory");
            fs::write(place.join(name).join("kernel.json"), text).expect("a file");
        }
        assert!(find_in(&place, "r").is_none());
        let kernel = find_in(&place, "java").expect("it is there");
        let kernel = kernel.kernel("java", BTreeMap::new());
        let jar = place.join("java/k.jar").to_string_lossy().into_owned();
        assert_eq!(kernel.argv, ["java", "-jar", &jar, "{connection_file}"]);
        assert_eq!(kernel.interrupt, Interrupt::Message);
        fs::remove_dir_all(place).expect("removed");
    }
}
