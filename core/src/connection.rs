//! The way to one provider's control plane.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Method, header::CONTENT_TYPE};
use reqwest::Url;
use sandspan_protocol::headers;
use serde::Serialize;
use tokio::task::yield_now;

use crate::{
    Error, Result,
    chain::Chain,
    config::{Endpoint, Settings},
    runtime,
    transport::{Answer, Failure, Limit, client, exchange, open, within},
};

/// The way to one provider's control plane.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) settings: Settings,
    /// Where it was found; the last counts. Clones share it.
    endpoints: Arc<Chain<Arc<Endpoint>>>,
}

/// What doing something twice comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The same as doing it once.
    Same,
    /// Something else, such as two commands.
    Another,
}

/// A request to the control plane. Doing it twice comes to the same: even a creation carries a key
/// by which the service knows it again.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    /// From the root of the API, and safe to stand in a URL.
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    idempotency_key: Option<HeaderValue>,
}

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            idempotency_key: None,
        }
    }

    pub(crate) fn query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).expect("the types of the protocol are JSON"));
        self
    }

    pub(crate) fn idempotency_key(mut self, key: HeaderValue) -> Self {
        self.idempotency_key = Some(key);
        self
    }
}

impl Connection {
    pub(crate) fn new(settings: Settings) -> Self {
        let endpoints = Arc::new(Chain::new());
        if let Some(endpoint) = &settings.endpoint {
            endpoints.push(Arc::new(endpoint.clone()));
        }
        Self {
            settings,
            endpoints,
        }
    }

    /// The same way, with another limit of each request; zero means without limit.
    pub(crate) fn with_request_timeout(&self, timeout: Duration) -> Self {
        let mut connection = self.clone();
        connection.settings.request_timeout = timeout;
        connection
    }

    /// The control plane's URL, where it is known already.
    pub(crate) fn api_url(&self) -> Option<&Url> {
        Some(&self.endpoints.iter().last()?.url)
    }

    /// A limit of the request timeout from now.
    pub(crate) fn limit(&self) -> Limit {
        Limit::from_now(self.settings.request_timeout)
    }

    /// Makes a request to the control plane.
    pub(crate) async fn request(&self, request: &Request) -> Result<Answer, Failure> {
        let attempt = |endpoint| self.send(endpoint, request);
        within(self.limit(), self.reach(Effect::Same, attempt)).await
    }

    /// Makes a request to the control plane, and leaves the body of the answer to be read.
    pub(crate) async fn open(&self, request: &Request) -> Result<reqwest::Response, Failure> {
        let attempt = |endpoint: Arc<Endpoint>| async move {
            let (client, request) = self.build(&endpoint, request)?;
            open(&client, request).await
        };
        within(self.limit(), self.reach(Effect::Same, attempt)).await
    }

    async fn send(&self, endpoint: Arc<Endpoint>, request: &Request) -> Result<Answer, Failure> {
        let (client, request) = self.build(&endpoint, request)?;
        exchange(&client, request).await
    }

    fn build(
        &self,
        endpoint: &Endpoint,
        request: &Request,
    ) -> Result<(reqwest::Client, reqwest::Request), Failure> {
        let mut url = endpoint.url.clone();
        url.set_path(&format!(
            "{}{}",
            url.path().trim_end_matches('/'),
            request.path
        ));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let client = client(&url, &self.settings.proxy)?;
        let key = self.settings.given_key.as_ref();
        let key = key.unwrap_or(&endpoint.api_key);
        let mut built = client
            .request(request.method.clone(), url.clone())
            .headers(self.settings.headers.clone())
            .header(headers::API_KEY, key);
        if let Some(key) = &request.idempotency_key {
            built = built.header(headers::IDEMPOTENCY_KEY, key);
        }
        if let Some(body) = &request.body {
            built = built
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let built = built.build();
        let built = built.map_err(|error| Failure::from_reqwest(error, &url))?;
        Ok((client, built))
    }

    /// Makes an attempt with the endpoint, and one more when that was the local runtime's and it is
    /// elsewhere by now.
    ///
    /// What may have been done when the connection broke is attempted again, with the same endpoint,
    /// only if doing it twice comes to the same.
    pub(crate) async fn reach<T, F, A>(&self, effect: Effect, attempt: A) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
        A: Fn(Arc<Endpoint>) -> F,
    {
        let endpoint = self.endpoint().await?;
        // So that connections which the server closed meanwhile are noticed, and not used.
        yield_now().await;
        let mut answer = attempt(Arc::clone(&endpoint)).await;
        if effect == Effect::Same && matches!(answer, Err(Failure::Broken { .. })) {
            answer = attempt(Arc::clone(&endpoint)).await;
        }
        match answer {
            Err(failure) => match self.replacement(&endpoint, &failure).await? {
                Some(endpoint) => attempt(endpoint).await,
                None => Err(failure),
            },
            answer => answer,
        }
    }

    async fn endpoint(&self) -> Result<Arc<Endpoint>> {
        match self.endpoints.iter().last() {
            Some(endpoint) => Ok(Arc::clone(endpoint)),
            None => Ok(self.remember(runtime::find_or_start(None).await?)),
        }
    }

    /// Where the local runtime is instead, when a failure says that it is not where it was.
    async fn replacement(
        &self,
        stale: &Endpoint,
        failure: &Failure,
    ) -> Result<Option<Arc<Endpoint>>, Error> {
        if self.settings.endpoint.is_some() {
            return Ok(None);
        }
        let found = match failure {
            Failure::NotConnected { .. } => Some(runtime::find_or_start(Some(stale)).await?),
            Failure::Refused(refusal) if refusal.status == 401 => runtime::find(Some(stale))?,
            _ => None,
        };
        Ok(found.map(|endpoint| self.remember(endpoint)))
    }

    fn remember(&self, endpoint: Endpoint) -> Arc<Endpoint> {
        let endpoint = Arc::new(endpoint);
        self.endpoints.push(Arc::clone(&endpoint));
        endpoint
    }
}
