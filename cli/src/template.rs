//! `sandspan template`: the templates of the local runtime.

use std::{
    io::{IsTerminal as _, Write as _, stderr, stdout},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use sandspan_local::{TemplateInfo, build_template, is_template, list_templates, remove_template};
use sandspan_protocol::{defaults::INTERPRETER_TEMPLATE, runtime::Preparation};

/// How wide the bar is, in characters.
const BAR: u32 = 30;

/// What is to be done with templates.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the templates that sandboxes can be made from, beside `base`.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Makes a template ready, which otherwise the first sandbox waits for.
    Build {
        /// Its name.
        #[arg(default_value = INTERPRETER_TEMPLATE)]
        name: String,
    },
    /// Removes a template from the disk. It is made again when a sandbox needs it.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Does what is asked for.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let result = match &arguments.action {
        Action::List { json } => list(*json),
        Action::Build { name } => build(name),
        Action::Remove { name } => remove(name),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&format!("sandspan: {problem}"));
            ExitCode::FAILURE
        }
    }
}

fn list(json: bool) -> Result<(), String> {
    let templates = list_templates().map_err(|problem| problem.to_string())?;
    if json {
        let all: Vec<_> = templates.iter().map(to_json).collect();
        print(&serde_json::Value::from(all).to_string());
        return Ok(());
    }
    print(&format!("{:<24}{:<12}{:>8}  MADE", "NAME", "STATE", "SIZE"));
    for template in templates {
        let size = template.size.map_or("-".to_owned(), megabytes);
        let made = template.made.map_or("-".to_owned(), |made| {
            made.strftime("%Y-%m-%d %H:%M UTC").to_string()
        });
        let state = template.state.as_str();
        print(&format!(
            "{:<24}{state:<12}{size:>8}  {made}",
            template.name
        ));
    }
    Ok(())
}

fn to_json(template: &TemplateInfo) -> serde_json::Value {
    serde_json::json!({
        "name": template.name,
        "state": template.state.as_str(),
        "size": template.size,
        "made": template.made.map(|made| made.to_string()),
        "directory": template.directory,
    })
}

fn build(name: &str) -> Result<(), String> {
    if !is_template(name) {
        return Err(format!(
            "there is no template {name:?} that could be made: there is {INTERPRETER_TEMPLATE}"
        ));
    }
    let is_terminal = stderr().is_terminal();
    let mut last = String::new();
    let result = build_template(&mut |preparation| {
        if let Preparation::Building { step, done, total } = preparation {
            if is_terminal {
                write(&format!("\r\x1b[K{} {step}", bar(done, total)));
            } else if step != last {
                say(&format!("[{done}/{total}] {step}"));
            }
            last = step;
        }
    });
    if is_terminal {
        write("\r\x1b[K");
    }
    let unavailable = result.map_err(|problem| problem.to_string())?;
    print(&format!("The template {name} is ready."));
    for (language, advice) in unavailable {
        print(&format!("It cannot run {language}: {advice}."));
    }
    Ok(())
}

fn remove(name: &str) -> Result<(), String> {
    let freed = remove_template(name).map_err(|problem| problem.to_string())?;
    print(&format!(
        "The template {name} is removed, which makes {} free.",
        megabytes(freed)
    ));
    Ok(())
}

/// How far something is: `[#####     ]`.
fn bar(done: u32, total: u32) -> String {
    let filled = (u64::from(done) * u64::from(BAR) / u64::from(total.max(1))).min(BAR.into());
    let filled = "#".repeat(usize::try_from(filled).unwrap_or_default());
    format!("[{filled:<width$}]", width = BAR as usize)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

fn print(line: &str) {
    // Whoever stops reading has read enough.
    let _ = writeln!(stdout(), "{line}");
}

fn say(line: &str) {
    write(&format!("{line}\n"));
}

fn write(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{bar, megabytes};

    #[test]
    fn shows_how_far_it_is() {
        assert_eq!(bar(0, 0), format!("[{}]", " ".repeat(30)));
        assert_eq!(bar(1, 2), format!("[{}{}]", "#".repeat(15), " ".repeat(15)));
        assert_eq!(bar(9, 2), format!("[{}]", "#".repeat(30)));
    }

    #[test]
    fn rounds_up_to_megabytes() {
        assert_eq!([megabytes(0), megabytes(1)], ["0 MB", "1 MB"]);
    }
}
