//! Where root file systems come from.

mod base;
mod etc;

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

use crate::isolation::Identity;

pub(crate) use self::base::build;

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
}

/// The templates of a runtime.
#[derive(Debug)]
pub(crate) struct Templates {
    base: Template,
}

impl Templates {
    /// Makes what is not there yet, in the state directory, which is the working directory.
    ///
    /// # Errors
    ///
    /// A file could not be written.
    pub(crate) fn prepare(identity: Identity, programs: &Path) -> io::Result<Self> {
        Ok(Self {
            base: build(identity, programs)?,
        })
    }

    /// The template of a name.
    #[must_use]
    pub(crate) fn find(&self, name: &str) -> Option<&Template> {
        (name == self.base.name).then_some(&self.base)
    }
}
