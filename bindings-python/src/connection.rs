//! The options that every class method takes.

use pyo3::{intern, prelude::*, types::PyType};
use sandspan::{Client, ConnectionOptions};

use crate::arguments::{
    ApiKey, ApiUrl, Domain, Headers, Provider, Proxy, RequestTimeout, SandboxUrl, Template,
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

/// A class method that was called, before anything is done.
pub(crate) struct Called {
    connection: Connection,
    class: Py<PyType>,
}

/// A call of a class method.
pub(crate) struct ClassCall {
    pub(crate) client: Client,
    /// The class that it was called on, which may be a subclass.
    pub(crate) class: Py<PyType>,
}

impl Connection {
    pub(crate) fn on(self, class: Py<PyType>) -> Called {
        Called {
            connection: self,
            class,
        }
    }
}

impl Called {
    /// The template of a new sandbox: the given one, or else the `default_template` of the class.
    pub(crate) fn template(&self, given: Option<Template>) -> PyResult<Option<Template>> {
        if given.is_some() {
            return Ok(given);
        }
        Python::attach(|py| {
            let name = intern!(py, "default_template");
            let default = self.class.bind(py).getattr_opt(name)?;
            default.map_or(Ok(None), |name| name.extract())
        })
    }

    pub(crate) fn open(self) -> sandspan::Result<ClassCall> {
        let connection = self.connection;
        let client = Client::new(ConnectionOptions {
            provider: connection.provider.map(Into::into),
            api_key: connection.api_key.map(Into::into),
            domain: connection.domain.map(Into::into),
            api_url: connection.api_url.map(Into::into),
            sandbox_url: connection.sandbox_url.map(Into::into),
            request_timeout: connection.request_timeout.map(Into::into),
            headers: connection.headers.map(Into::into).unwrap_or_default(),
            proxy: connection.proxy.map(Into::into),
        })?;
        Ok(ClassCall {
            client,
            class: self.class,
        })
    }
}
