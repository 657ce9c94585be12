//! The embedded runtime of Sandspan: one program that makes real isolated Linux processes behind the
//! sandbox API.
#![cfg(target_os = "linux")]

mod agents;
mod control;
mod isolation;
mod journal;
mod lifecycle;
mod listener;
mod machine;
mod metrics;
mod network;
mod options;
mod proxy;
mod server;
mod store;
mod template;
mod token;
mod tree;

pub use self::{
    isolation::{
        GATEWAY_COMMAND, JAIL_COMMAND, NAMESPACE_COMMAND, gateway_main, hold_namespace, jail_main,
    },
    options::ServeOptions,
    server::{ServeError, serve},
    store::OpenError,
    template::{
        BuildError, RemoveError, TemplateInfo, TemplateState, build_template, is_template,
        list_templates, remove_template,
    },
};
