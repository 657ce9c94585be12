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
    let url = request.url().clone();
    let failed = |error| Failure::from_reqwest(error, &url);
    let mut response = client.execute(request).await.map_err(failed)?;
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let body = response.bytes().await.map_err(failed)?;
    if status.is_success() {
        Ok(Answer {
            status,
            headers,
            body,
        })
    } else {
        let refusal = Refusal::new(status.as_u16(), &headers, &body);
        Err(Failure::Refused(refusal))
    }
}
