//! The arguments of a call, as the types that Rust has for them.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use sandspan::{
    ConnectionOptions, CreateOptions, FollowOptions, LifecycleOptions, Network, NetworkUpdate,
    Result, TimeoutAction, duration_from_seconds,
};
use serde_json::Value;

/// The arguments of a call, by name. What is of a wrong type makes the vector wrong, and panics.
pub(crate) struct Arguments(Value);

impl Arguments {
    pub(crate) fn new(values: Value) -> Self {
        Self(values)
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        self.get(name).map(text)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value.as_bool().expect("a flag"))
    }

    pub(crate) fn value(&self, name: &str) -> Value {
        self.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        let integer = |value: &Value| value.as_i64().expect("a whole number");
        self.get(name).map(integer)
    }

    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let number = |value: &Value| {
            let number = value.as_u64().expect("a whole number");
            u32::try_from(number).expect("a number of 32 bits")
        };
        self.get(name).map(number)
    }

    pub(crate) fn texts(&self, name: &str) -> Option<BTreeMap<String, String>> {
        let texts = |value: &Value| serde_json::from_value(value.clone()).expect("texts by name");
        self.get(name).map(texts)
    }

    pub(crate) fn list(&self, name: &str) -> Vec<Value> {
        let list = |value: &Value| value.as_array().expect("a list").clone();
        self.get(name).map(list).unwrap_or_default()
    }

    pub(crate) fn object(&self, name: &str) -> Self {
        Self(self.get(name).cloned().unwrap_or_default())
    }

    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        let time = self.text(name);
        time.map(|time| time.parse().expect("a time"))
    }

    /// A number of seconds, which JSON lacks where it is `{ "$number": "NaN" }`.
    pub(crate) fn duration(&self, name: &'static str) -> Result<Option<Duration>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let seconds = match value["$number"].as_str() {
            Some(number) => number.parse().expect("the name of a number"),
            None => value.as_f64().expect("a number"),
        };
        duration_from_seconds(name, seconds).map(Some)
    }

    pub(crate) fn connection(&self) -> Result<ConnectionOptions> {
        Ok(ConnectionOptions {
            provider: self.text("provider"),
            api_key: self.text("api_key"),
            domain: self.text("domain"),
            api_url: self.text("api_url"),
            sandbox_url: self.text("sandbox_url"),
            request_timeout: self.duration("request_timeout")?,
            headers: self.texts("headers").unwrap_or_default(),
            proxy: self.text("proxy"),
        })
    }

    pub(crate) fn creation(&self) -> Result<CreateOptions> {
        let lifecycle = self.get("lifecycle").map(|_| self.object("lifecycle"));
        Ok(CreateOptions {
            template: self.text("template"),
            timeout: self.duration("timeout")?,
            idle_timeout: self.duration("idle_timeout")?,
            idle_counts_processes: self.flag("idle_counts_processes"),
            lifecycle: lifecycle.map(|it| it.lifecycle()).transpose()?,
            auto_pause: self.flag("auto_pause"),
            metadata: self.texts("metadata"),
            envs: self.texts("envs"),
            secure: self.flag("secure"),
            allow_internet_access: self.flag("allow_internet_access"),
            idempotency_key: self.text("idempotency_key"),
            network: self
                .get("network")
                .map(|_| self.object("network").network()),
        })
    }

    pub(crate) fn follow(&self) -> Result<FollowOptions> {
        Ok(FollowOptions {
            timeout: self.duration("timeout")?,
            request_timeout: self.duration("request_timeout")?,
            retain_output: self.flag("retain_output"),
        })
    }

    pub(crate) fn strings(&self, name: &str) -> Option<Vec<String>> {
        let strings = |value: &Value| serde_json::from_value(value.clone()).expect("texts");
        self.get(name).map(strings)
    }

    fn network(&self) -> Network {
        Network {
            allow_out: self.strings("allow_out"),
            deny_out: self.strings("deny_out"),
            allow_public_traffic: self.flag("allow_public_traffic"),
            mask_request_host: self.text("mask_request_host"),
            others: self.other_rules(),
        }
    }

    pub(crate) fn network_update(&self) -> NetworkUpdate {
        NetworkUpdate {
            allow_out: self.strings("allow_out"),
            deny_out: self.strings("deny_out"),
            allow_internet_access: self.flag("allow_internet_access"),
            others: self.other_rules(),
        }
    }

    /// The rules that only some services know, of which vectors name one.
    fn other_rules(&self) -> BTreeMap<String, Value> {
        let proxy = self.get("egress_proxy").cloned();
        let proxy = proxy.map(|proxy| ("egressProxy".to_owned(), proxy));
        proxy.into_iter().collect()
    }

    fn lifecycle(&self) -> Result<LifecycleOptions> {
        let on_timeout = self.get("on_timeout").map(|given| match given.as_str() {
            Some(action) => TimeoutAction::parse(action),
            None => self.object("on_timeout").action(),
        });
        Ok(LifecycleOptions {
            on_timeout: on_timeout.transpose()?,
            auto_resume: self.flag("auto_resume"),
        })
    }

    fn action(&self) -> Result<TimeoutAction> {
        let action = self.text("action").expect("an action has a name");
        let keep_memory = self.flag("keep_memory");
        Ok(match TimeoutAction::parse(&action)? {
            TimeoutAction::Pause { .. } => TimeoutAction::Pause { keep_memory },
            TimeoutAction::Kill => TimeoutAction::Kill,
        })
    }
}
