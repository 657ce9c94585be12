//! What a sandbox may reach, and what may reach it.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use crate::{
    Client, Error, ErrorKind, Naming, NetworkUpdate, Result,
    client::{missing_sandbox, parse_id},
    connection::Request,
};

impl Client {
    /// Replaces what a sandbox may reach: what the update does not mention is as if it had never
    /// been asked for.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none that runs.
    pub async fn update_network(&self, sandbox_id: &str, network: NetworkUpdate) -> Result<()> {
        const OPERATION: &str = "sandbox.update_network";
        let id = parse_id(OPERATION, sandbox_id)?;
        check(OPERATION, &network.others)?;
        let path = format!("/sandboxes/{id}/network");
        let request = Request::new(Method::PUT, path).json(&network);
        let answer = self.connection.request(&request).await;
        answer.map_err(|failure| missing_sandbox(OPERATION, &id, failure))?;
        Ok(())
    }
}

/// Checks rules that only some services know, as far as a client can.
pub(crate) fn check(operation: &'static str, others: &BTreeMap<String, Value>) -> Result<()> {
    match others.get("egressProxy") {
        Some(proxy) if !proxy.get("address").is_some_and(Value::is_string) => {
            let message = Naming::current().proxy_without_address();
            Err(Error::new(ErrorKind::InvalidArgument, operation, message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::check;

    #[test]
    fn a_proxy_has_an_address() {
        let others = |proxy: Value| BTreeMap::from([("egressProxy".to_owned(), proxy)]);
        assert!(check("sandbox.create", &BTreeMap::new()).is_ok());
        let proxy = json!({"address": "proxy.example.com:1080"});
        assert!(check("sandbox.create", &others(proxy)).is_ok());
        for proxy in [json!({}), json!({"address": 1}), json!("proxy:1080")] {
            let error = check("sandbox.create", &others(proxy)).expect_err("no address");
            assert_eq!(
                error.message(),
                "network egress_proxy must be a dict with a string 'address' (e.g. \
                 'proxy.example.com:1080')."
            );
        }
    }
}
