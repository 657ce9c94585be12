//! Where root file systems come from.

mod base;
mod cache;
mod catalog;
mod code_interpreter;
mod etc;
mod interpreter;
mod making;
mod show;

use std::{fs, io, path::Path, sync::Arc};

use sandspan_protocol::{agent::InterpreterConfig, runtime::Preparation};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::isolation::Identity;

use self::interpreter::Interpreter;
pub use self::{
    catalog::{
        RemoveError, TemplateInfo, TemplateState, build_template, is_template, list_templates,
        remove_template,
    },
    making::BuildError,
};

/// The home of the user that commands run as.
pub(crate) const USER_HOME: &str = "/home/user";

/// The number of the user that commands run as, where the sandbox has users.
pub(crate) const USER_ID: u32 = 1000;

/// A part of a root file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layer {
    /// Where it is shown, relative to the root; empty for the root itself.
    pub(crate) path: String,
    /// The directories it is made of, the topmost first.
    pub(crate) lower: Vec<String>,
}

/// A template that sandboxes can be made from.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// What clients call it.
    pub(crate) name: String,
    /// What it is made of.
    pub(crate) layers: Vec<Layer>,
    /// What runs code in it, if anything does.
    pub(crate) interpreter: Option<InterpreterConfig>,
    /// Keeps it from being removed while a sandbox is made from it.
    #[expect(dead_code, reason = "it is held, and nothing is done with it")]
    in_use: Option<Arc<cache::Lock>>,
}

/// Keeps what a sandbox is made of from being removed while it is started.
#[derive(Debug)]
pub(crate) struct InUse {
    #[expect(dead_code, reason = "they are held, and nothing is done with them")]
    locks: Vec<cache::Lock>,
}

/// The templates of a runtime.
#[derive(Debug)]
pub(crate) struct Templates {
    base: Template,
    interpreter: Interpreter,
}

impl Templates {
    /// Makes what is quick to make and not there yet, in the state directory, which is the working
    /// directory.
    ///
    /// # Errors
    ///
    /// A file could not be written.
    pub(crate) fn prepare(identity: Identity, programs: &Path) -> io::Result<Self> {
        let base = base::build(identity, programs)?;
        let interpreter = Interpreter::new(identity, &base);
        // So that what paused sandboxes are made of is in its place.
        if let Err(problem) = interpreter.find() {
            tracing::info!(%problem, "there is no code interpreter");
        }
        Ok(Self { base, interpreter })
    }

    /// Whether there is a template of a name, be it made or not.
    #[must_use]
    pub(crate) fn knows(&self, name: &str) -> bool {
        name == self.base.name || name == code_interpreter::NAME
    }

    /// Sees that what a sandbox is made of is in its place, for one that is started once more. It
    /// stays there for as long as what is given lives. Blocks while a template is made or removed.
    ///
    /// # Errors
    ///
    /// The template has been removed meanwhile.
    pub(crate) fn check(&self, name: &str, layers: &[Layer]) -> io::Result<InUse> {
        let mut locks = Vec::new();
        for path in layers.iter().flat_map(|layer| &layer.lower) {
            let lock = self.interpreter.restore(Path::new(path))?;
            if lock.is_none() && is_empty(Path::new(path)) {
                return Err(io::Error::other(format!(
                    "what the sandbox was made of has been removed ({path}): `sandspan template \
                     build {name}` makes it again"
                )));
            }
            locks.extend(lock);
        }
        Ok(InUse { locks })
    }

    /// Makes a known template ready, and tells how far that is.
    pub(crate) fn make_ready(&self, name: &str) -> watch::Receiver<Preparation> {
        let ready = if name == self.base.name {
            Ok(true)
        } else {
            self.interpreter.find().map(|found| found.is_some())
        };
        match ready {
            Ok(true) => watch::channel(Preparation::Ready).1,
            Ok(false) => self.interpreter.make(),
            Err(problem) => {
                let message = problem.to_string();
                watch::channel(Preparation::Failed { message }).1
            }
        }
    }

    /// A known template, which is made if need be.
    ///
    /// # Errors
    ///
    /// Why it cannot be made, and what to do about it.
    pub(crate) async fn obtain(&self, name: &str) -> Result<Template, String> {
        if name == self.base.name {
            return Ok(self.base.clone());
        }
        loop {
            let found = self.interpreter.find().map_err(|it| it.to_string())?;
            if let Some(template) = found {
                return Ok(template);
            }
            let mut progress = self.interpreter.make();
            let end = progress
                .wait_for(|state| !matches!(state, Preparation::Building { .. }))
                .await;
            match end.as_deref() {
                Ok(Preparation::Failed { message }) => return Err(message.clone()),
                // Unless somebody removes it again right now, it is found.
                Ok(_) => {}
                Err(_) => return Err("the maker of the template ended".to_owned()),
            }
        }
    }
}

/// Whether there is nothing in a directory, or no such directory.
fn is_empty(path: &Path) -> bool {
    let mut files = fs::read_dir(path).into_iter().flatten();
    files.next().is_none()
}
