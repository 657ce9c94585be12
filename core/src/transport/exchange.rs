//! One request and its whole answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::{Failure, Refusal};

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Reads the body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Failure::Garbled(format!("Cannot read the server's answer: {error}")))
    }
}

/// Makes a request and reads its whole answer.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
) -> Result<Answer, Failure> {
    let mut response = open(client, request).await?;
    Ok(Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: whole(response).await?,
    })
}

/// Makes a request, and leaves the body of a good answer to be read.
pub(crate) async fn open(
    client: &reqwest::Client,
    request: reqwest::Request,
) -> Result<reqwest::Response, Failure> {
    let url = request.url().clone();
    let response = client.execute(request).await;
    let mut response = response.map_err(|error| Failure::from_reqwest(error, &url))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let headers = std::mem::take(response.headers_mut());
    let refusal = Refusal::new(status.as_u16(), &headers, &whole(response).await?);
    Err(Failure::Refused(refusal))
}

async fn whole(response: reqwest::Response) -> Result<Bytes, Failure> {
    let url = response.url().clone();
    let body = response.bytes().await;
    body.map_err(|error| Failure::from_reqwest(error, &url))
}
