//! The processes that run, and for a while the ends of those that did.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use buffa::MessageField;
use connectrpc::ConnectError;
use sandspan_protocol::{
    defaults::EXIT_RETENTION,
    rpc::process::{
        ProcessInfo, ProcessSelector, process_event::EndEvent, process_selector::Selector,
    },
};

use super::{events::Event, followers::Subscription, running::Running};

/// Which process a request is about.
#[derive(Debug, Clone)]
pub(crate) enum Selected {
    Pid(u32),
    Tag(String),
}

impl Selected {
    pub(crate) fn new<Pointer>(
        selector: &MessageField<ProcessSelector, Pointer>,
    ) -> Result<Self, ConnectError>
    where
        Pointer: buffa::ProtoBox<ProcessSelector>,
    {
        match &selector.selector {
            Some(Selector::Pid(pid)) => Ok(Self::Pid(*pid)),
            Some(Selector::Tag(tag)) => Ok(Self::Tag(tag.clone())),
            None => Err(ConnectError::invalid_argument(
                "a process must be named by pid or by tag",
            )),
        }
    }

    pub(crate) fn not_found(&self) -> ConnectError {
        ConnectError::not_found(match self {
            Self::Pid(pid) => format!("process with pid {pid} not found"),
            Self::Tag(tag) => format!("process with tag {tag} not found"),
        })
    }

    fn matches(&self, pid: u32, tag: Option<&str>) -> bool {
        match self {
            Self::Pid(wanted) => *wanted == pid,
            Self::Tag(wanted) => tag == Some(wanted),
        }
    }
}

struct Ended {
    pid: u32,
    tag: Option<String>,
    end: EndEvent,
}

#[derive(Default)]
struct Inner {
    running: HashMap<u32, Arc<Running>>,
    ended: Vec<Ended>,
}

/// All processes that were started through the service.
#[derive(Default)]
pub(crate) struct Table(Mutex<Inner>);

impl Table {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, process: Arc<Running>) {
        self.lock().running.insert(process.pid(), process);
    }

    /// Moves a process to the ended ones, where its end can be asked for until it is forgotten.
    pub(crate) fn end(self: &Arc<Self>, process: &Running, end: EndEvent) {
        let pid = process.pid();
        {
            let mut inner = self.lock();
            inner.running.remove(&pid);
            // The number may be used again within the retention time.
            inner.ended.retain(|ended| ended.pid != pid);
            inner.ended.push(Ended {
                pid,
                tag: process.tag().map(str::to_owned),
                end,
            });
        }
        let table = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(EXIT_RETENTION).await;
            table.lock().ended.retain(|ended| ended.pid != pid);
        });
    }

    pub(crate) fn running(&self, selected: &Selected) -> Option<Arc<Running>> {
        let inner = self.lock();
        match selected {
            Selected::Pid(pid) => inner.running.get(pid).cloned(),
            Selected::Tag(_) => inner
                .running
                .values()
                .find(|process| selected.matches(process.pid(), process.tag()))
                .cloned(),
        }
    }

    /// Follows a running process from now on, or gets the end of one that has ended.
    pub(crate) fn subscribe(&self, selected: &Selected) -> Option<Subscription> {
        if let Some(process) = self.running(selected) {
            return Some(process.subscribe());
        }
        let inner = self.lock();
        let ended = inner
            .ended
            .iter()
            .find(|ended| selected.matches(ended.pid, ended.tag.as_deref()))?;
        Some(Subscription::of([
            Event::Start(ended.pid),
            Event::End(ended.end.clone()),
        ]))
    }

    pub(crate) fn list(&self) -> Vec<ProcessInfo> {
        self.lock()
            .running
            .values()
            .map(|process| process.info())
            .collect()
    }
}
