//! The options that every class method takes.

use pyo3::{Py, types::PyType};
use sandspan::{Client, ConnectionOptions, Result};

use crate::arguments::{Headers, RequestTimeout};

/// Where to connect to, and as whom.
pub(crate) struct Connection {
    pub(crate) api_key: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) api_url: Option<String>,
    pub(crate) sandbox_url: Option<String>,
    pub(crate) request_timeout: Option<RequestTimeout>,
    pub(crate) headers: Option<Headers>,
    pub(crate) proxy: Option<String>,
    pub(crate) provider: Option<String>,
}

/// A call of a class method.
pub(crate) struct ClassCall {
    pub(crate) client: Client,
    /// The class that it was called on, which may be a subclass.
    pub(crate) class: Py<PyType>,
}

impl Connection {
    pub(crate) fn call(self, class: Py<PyType>) -> Result<ClassCall> {
        let client = Client::new(ConnectionOptions {
            provider: self.provider,
            api_key: self.api_key,
            domain: self.domain,
            api_url: self.api_url,
            sandbox_url: self.sandbox_url,
            request_timeout: self.request_timeout.map(Into::into),
            headers: self.headers.map(Into::into).unwrap_or_default(),
            proxy: self.proxy,
        })?;
        Ok(ClassCall { client, class })
    }
}
