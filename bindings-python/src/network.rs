//! What a sandbox may reach, and what may reach it.

use std::collections::BTreeMap;

use pyo3::{
    inspect::PyStaticExpr,
    intern,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyBool, PyDict, PyString, PyType},
};
use sandspan::ALL_TRAFFIC;
use serde_json::{Value, json};

use crate::{
    arguments::{
        AllowInternetAccess, AllowPublicTraffic, MaskRequestHost, RequestTimeout, SandboxId,
    },
    entries::Entries,
    error::InvalidArgumentException,
    json,
    methods::{class_methods, methods},
    parsing::wrong_type,
    sandbox::{AsyncSandbox, Sandbox, limited},
};

const NETWORK: &str = "sandspan.network";

/// The keys that a change of the rules has, beside its own.
const RULES: [&str; 5] = [
    "allow_out",
    "deny_out",
    "rules",
    "egress_proxy",
    "dns_servers",
];

/// The dictionary `SandboxNetworkOpts`.
pub(crate) struct Network(pub(crate) sandspan::Network);

impl FromPyObject<'_, '_> for Network {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_identifier!("sandspan.network", "SandboxNetworkOpts");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let own = ["allow_public_traffic", "mask_request_host", "https_ports"];
        let keys = [&RULES[..], &own].concat();
        let network = Entries::of("network", &value, &keys)?;
        let public: Option<AllowPublicTraffic> = network.extract("allow_public_traffic")?;
        let host: Option<MaskRequestHost> = network.extract("mask_request_host")?;
        let egress = Egress::of(&network)?;
        let mut others = egress.others;
        if let Some(ports) = network.get("https_ports")? {
            others.insert("httpsPorts".to_owned(), json::from_python(&ports)?);
        }
        Ok(Self(sandspan::Network {
            allow_out: egress.allow_out,
            deny_out: egress.deny_out,
            allow_public_traffic: public.map(Into::into),
            mask_request_host: host.map(Into::into),
            others,
        }))
    }
}

/// The dictionary `SandboxNetworkUpdate`.
struct NetworkUpdate(sandspan::NetworkUpdate);

impl FromPyObject<'_, '_> for NetworkUpdate {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_identifier!("sandspan.network", "SandboxNetworkUpdate");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let keys = [&RULES[..], &["allow_internet_access"]].concat();
        let network = Entries::of("network", &value, &keys)?;
        let allow: Option<AllowInternetAccess> = network.extract("allow_internet_access")?;
        let egress = Egress::of(&network)?;
        Ok(Self(sandspan::NetworkUpdate {
            allow_out: egress.allow_out,
            deny_out: egress.deny_out,
            allow_internet_access: allow.map(Into::into),
            others: egress.others,
        }))
    }
}

/// What a sandbox may reach.
struct Egress {
    allow_out: Option<Vec<String>>,
    deny_out: Option<Vec<String>>,
    others: BTreeMap<String, Value>,
}

impl Egress {
    fn of(network: &Entries<'_, '_>) -> PyResult<Self> {
        let rules = network.get("rules")?;
        let mut others = BTreeMap::new();
        if let Some(rules) = &rules {
            others.insert("rules".to_owned(), transforms(rules)?);
        }
        if let Some(proxy) = network.get("egress_proxy")? {
            others.insert("egressProxy".to_owned(), egress_proxy(&proxy)?);
        }
        if let Some(servers) = network.get("dns_servers")? {
            others.insert("dnsServers".to_owned(), json::from_python(&servers)?);
        }
        let selected = |key| {
            let selector = network.get(key)?;
            selector
                .map(|selector| selected(key, &selector, rules.as_ref()))
                .transpose()
        };
        Ok(Self {
            allow_out: selected("allow_out")?,
            deny_out: selected("deny_out")?,
            others,
        })
    }
}

/// A list of addresses, or what a function makes of all that there is to choose from.
fn selected(
    name: &str,
    selector: &Bound<'_, PyAny>,
    rules: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<String>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = selector.py();
    let list = if selector.is_callable() {
        let rules = rules.cloned().unwrap_or_else(|| PyDict::new(py).into_any());
        let context = CLASS
            .import(py, NETWORK, "SandboxNetworkSelectorContext")?
            .call1((ALL_TRAFFIC, rules))?;
        selector.call1((context,))?
    } else {
        selector.clone()
    };
    let wrong = || {
        wrong_type(
            name,
            "a list of strings, or a function that gives one",
            &list,
        )
    };
    if list.is_instance_of::<PyString>() {
        return Err(wrong());
    }
    let addresses = list.try_iter().map_err(|_| wrong())?;
    addresses
        .map(|address| address?.extract().map_err(|_| wrong()))
        .collect()
}

/// The rules of each host, with what their functions give in place of these.
fn transforms(rules: &Bound<'_, PyAny>) -> PyResult<Value> {
    let module = rules.py().import(NETWORK)?;
    let transformed = module.call_method1(intern!(rules.py(), "_transformed"), (rules,))?;
    json::from_python_unchanged(&transformed)
}

fn egress_proxy(proxy: &Bound<'_, PyAny>) -> PyResult<Value> {
    let keys = ["address", "username", "password", "tls"];
    let name = "network egress_proxy";
    if proxy.cast::<PyDict>().is_err() {
        return json::from_python(proxy);
    }
    let fields = Entries::of(name, proxy, &keys)?;
    let mut wire = json!({});
    for key in ["address", "username", "password"] {
        if let Some(value) = fields.get(key)? {
            wire[key] = json::from_python(&value)?;
        }
    }
    let tls = fields.get("tls")?.map(|given| encryption(&given));
    if let Some(tls) = tls.transpose()?.flatten() {
        wire["tls"] = tls;
    }
    Ok(wire)
}

/// How the connection to a proxy is encrypted; none where it is not.
fn encryption(tls: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if let Ok(is_on) = tls.cast::<PyBool>() {
        return Ok(is_on.is_true().then(|| json!({ "enabled": true })));
    }
    if tls.cast::<PyDict>().is_err() {
        let message = "network egress_proxy tls must be a bool or a dict.";
        return Err(InvalidArgumentException::new_err(message));
    }
    let mut wire = json::from_python(tls)?;
    if !wire["enabled"].is_null() {
        return Err(InvalidArgumentException::new_err(
            "network egress_proxy tls takes no 'enabled'; pass tls=True or tls=False instead.",
        ));
    }
    wire["enabled"] = true.into();
    Ok(Some(wire))
}

methods! {
    Sandbox, AsyncSandbox;

    /// Sets anew what it may reach. What is not given is as if it had never been.
    ///
    /// Args:
    ///     network: The new rules.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     SandboxNotFoundException: It is gone already.
    #[pyo3(signature = (network, *, request_timeout = None))]
    async fn _update_network(
        &sandbox, network: NetworkUpdate, request_timeout: Option<RequestTimeout>,
    ) -> () {
        limited(&sandbox, request_timeout).update_network(network.0).await
    }
}

class_methods! {
    Sandbox, AsyncSandbox;

    /// Sets anew what a sandbox may reach. What is not given is as if it had never been.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     network: The new rules.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, network, *)]
    async fn _update_network_by_id(
        call, sandbox_id: SandboxId, network: NetworkUpdate,
    ) -> () {
        call.client.update_network(&String::from(sandbox_id), network.0).await
    }
}
