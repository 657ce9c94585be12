//! The template of code interpreters as one server has it: shown where its sandboxes find it, and
//! made when it is not there.

use std::{
    ffi::OsStr,
    fs, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use nix::fcntl::FlockArg;
use sandspan_protocol::runtime::Preparation;
use tokio::sync::watch;

use super::{
    Layer, Template,
    base::give,
    cache::{Cache, Lock},
    catalog::is_whole,
    code_interpreter::{self, NAME, OPT, Recipe},
    is_empty,
    making::{self, BuildError},
    show::show,
};
use crate::isolation::Identity;

/// The template of code interpreters as one server has it.
#[derive(Debug)]
pub(super) struct Interpreter {
    identity: Identity,
    /// The layers of what it is built upon.
    base: Vec<Layer>,
    shown: Mutex<Option<Shown>>,
    /// How far the maker is, where there is one.
    making: Mutex<Option<watch::Receiver<Preparation>>>,
}

/// What is shown in the state directory.
#[derive(Debug)]
struct Shown {
    /// Which directory of the cache it is.
    identity: (u64, u64, i64, i64),
    template: Template,
}

impl Interpreter {
    pub(super) fn new(identity: Identity, base: &Template) -> Self {
        Self {
            identity,
            base: base.layers.clone(),
            shown: Mutex::default(),
            making: Mutex::default(),
        }
    }

    /// The template, if it is made. It is not removed for as long as what is given lives.
    pub(super) fn find(&self) -> Result<Option<Template>, BuildError> {
        let (cache, recipe) = (Cache::find()?, Recipe::find()?);
        let name = &recipe.directory;
        if cache.identity(name).is_none() {
            return Ok(None);
        }
        let Some(lock) = cache.lock(name, FlockArg::LockSharedNonblock)? else {
            return Ok(None);
        };
        let Some(identity) = cache.identity(name) else {
            return Ok(None);
        };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown
            .as_ref()
            .is_none_or(|shown| shown.identity != identity)
        {
            let place = cache.place(name);
            let place = place.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            let Some(template) = self.show(&cache.directory(name), &place)? else {
                return Ok(None);
            };
            *shown = Some(Shown { identity, template });
        }
        let template = shown.as_ref().map(|shown| shown.template.clone());
        Ok(template.map(|template| Template {
            in_use: Some(Arc::new(lock)),
            ..template
        }))
    }

    /// Makes the template where it is not made. Whoever asks meanwhile is told of the same maker.
    pub(super) fn make(&self) -> watch::Receiver<Preparation> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*making
            && matches!(*running.borrow(), Preparation::Building { .. })
        {
            return running.clone();
        }
        let first = Preparation::Building {
            step: "preparing".to_owned(),
            done: 0,
            total: 1,
        };
        let (progress, receiver) = watch::channel(first);
        // It goes on when the client that asked for it has gone.
        thread::spawn(move || {
            let made = make(&mut |preparation| drop(progress.send(preparation)));
            let _ = progress.send(match made {
                Ok(()) => Preparation::Ready,
                Err(problem) => Preparation::Failed {
                    message: problem.to_string(),
                },
            });
        });
        *making = Some(receiver.clone());
        receiver
    }

    /// Sees that a place shows what sandboxes are made of, be it of an earlier version, if that is
    /// still there. It is not removed for as long as what is given lives; who makes or removes it now
    /// is waited for.
    pub(super) fn restore(&self, place: &Path) -> io::Result<Option<Lock>> {
        // Without what tells it from one in another cache.
        let name = place.parent().and_then(Path::file_stem);
        let name = name.and_then(OsStr::to_str).unwrap_or_default();
        if !place.ends_with(OPT) || !is_whole(name) {
            return Ok(None);
        }
        let cache = Cache::find()?;
        let lock = cache.lock(name, FlockArg::LockShared)?;
        let directory = cache.directory(name).join(OPT);
        if !directory.is_dir() {
            return Ok(None);
        }
        // One at a time, for showing begins with taking away.
        let _shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if is_empty(place) {
            show(&directory, place, self.identity)?;
        }
        Ok(lock)
    }

    /// Shows a directory of the cache where sandboxes find it, if there is a template in it.
    fn show(&self, directory: &Path, place: &str) -> io::Result<Option<Template>> {
        let Some(manifest) = code_interpreter::read_manifest(directory)? else {
            return Ok(None);
        };
        let place = Path::new("templates").join(place);
        let root = place.join("root");
        self.write_profile(&root)?;
        show(&directory.join(OPT), &place.join(OPT), self.identity)?;
        let mut layers = self.base.clone();
        let lower = |path: &Path| path.to_string_lossy().into_owned();
        for layer in layers.iter_mut().filter(|layer| layer.path.is_empty()) {
            layer.lower.insert(0, lower(&root));
        }
        layers.push(Layer {
            path: OPT.to_owned(),
            lower: vec![lower(&place.join(OPT))],
        });
        Ok(Some(Template {
            name: NAME.to_owned(),
            layers,
            interpreter: Some(code_interpreter::interpreter(&manifest)),
            in_use: None,
        }))
    }

    fn write_profile(&self, root: &Path) -> io::Result<()> {
        let directory = root.join("etc/profile.d");
        let file = directory.join("code-interpreter.sh");
        if file.exists() {
            // Sandboxes may be reading it.
            return Ok(());
        }
        fs::create_dir_all(&directory)?;
        fs::write(&file, code_interpreter::PROFILE)?;
        match self.identity {
            Identity::Range { base } => give(root, base, base),
            _ => Ok(()),
        }
    }
}

fn make(listener: &mut dyn FnMut(Preparation)) -> Result<(), BuildError> {
    making::make(&Cache::find()?, &Recipe::find()?, listener)
}
