//! The options that every class method takes.

use pyo3::{Py, types::PyType};
use sandspan::{Client, ConnectionOptions, Result};

use crate::arguments::{
    ApiKey, ApiUrl, Domain, Headers, Provider, Proxy, RequestTimeout, SandboxUrl,
};

/// Where to connect to, and as whom.
pub(crate) struct Connection {
    pub(crate) api_key: Option<ApiKey>,
    pub(crate) domain: Option<Domain>,
    pub(crate) api_url: Option<ApiUrl>,
    pub(crate) sandbox_url: Option<SandboxUrl>,
    pub(crate) request_timeout: Option<RequestTimeout>,
    pub(crate) headers: Option<Headers>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) provider: Option<Provider>,
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
            provider: self.provider.map(Into::into),
            api_key: self.api_key.map(Into::into),
            domain: self.domain.map(Into::into),
            api_url: self.api_url.map(Into::into),
            sandbox_url: self.sandbox_url.map(Into::into),
            request_timeout: self.request_timeout.map(Into::into),
            headers: self.headers.map(Into::into).unwrap_or_default(),
            proxy: self.proxy.map(Into::into),
        })?;
        Ok(ClassCall { client, class })
    }
}
