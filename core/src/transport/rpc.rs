//! RPC over the one HTTP client.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use connectrpc::{
    ConnectError,
    client::{BoxFuture, ClientBody, ClientTransport},
};
use http::{Request, Response, header::CONTENT_TYPE};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use reqwest::Url;

use super::{Failure, Refusal, failure::shown};

/// Where one call's transport leaves what went wrong, for [`ConnectError`] keeps only a text of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FailureSlot(Arc<Mutex<Option<Failure>>>);

impl FailureSlot {
    fn put(&self, failure: Failure) -> ConnectError {
        let message = failure.to_string();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(failure);
        ConnectError::unavailable(message)
    }

    /// What an error of the call comes to.
    pub(crate) fn failure(&self, error: ConnectError) -> Failure {
        let failure = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.unwrap_or_else(|| Failure::Rpc {
            code: error.code,
            message: error.message.unwrap_or_default(),
        })
    }
}

/// Carries one RPC.
#[derive(Debug, Clone)]
pub(crate) struct RpcTransport {
    client: reqwest::Client,
    slot: FailureSlot,
}

impl RpcTransport {
    pub(crate) fn new(client: reqwest::Client, slot: FailureSlot) -> Self {
        Self { client, slot }
    }
}

impl ClientTransport for RpcTransport {
    type ResponseBody = ResponseBody;
    type Error = ConnectError;

    fn send(
        &self,
        request: Request<ClientBody>,
    ) -> BoxFuture<'static, Result<Response<ResponseBody>, ConnectError>> {
        let Self { client, slot } = self.clone();
        Box::pin(async move {
            // What follows a stream of messages is one answer, which is read to its very end.
            let is_one_answer = is_open(request.body());
            let response = execute(&client, request).await;
            let response = response.map_err(|failure| slot.put(failure))?;
            let streams = is_stream(&response) && !is_one_answer;
            let url = response.url().clone();
            let response: Response<reqwest::Body> = response.into();
            Ok(response.map(|body| ResponseBody {
                body,
                url,
                slot,
                streams,
            }))
        })
    }
}

async fn execute(
    client: &reqwest::Client,
    request: Request<ClientBody>,
) -> Result<reqwest::Response, Failure> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, outgoing(body).await?);
    let request = reqwest::Request::try_from(request)
        .map_err(|error| Failure::Garbled(format!("Cannot make the request: {error}")))?;
    let url = request.url().clone();
    let response = client.execute(request).await;
    let response = response.map_err(|error| Failure::from_reqwest(error, &url))?;
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(refused(response).await)
    }
}

/// The body of a request: in one piece where it is there already, which tells its length.
async fn outgoing(body: ClientBody) -> Result<reqwest::Body, Failure> {
    if is_open(&body) {
        return Ok(reqwest::Body::wrap(body));
    }
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) => Err(Failure::Rpc {
            code: error.code,
            message: error.message.unwrap_or_default(),
        }),
    }
}

/// Whether a body is a stream of messages, of which not all are there yet.
fn is_open(body: &ClientBody) -> bool {
    body.size_hint().exact().is_none()
}

/// What an answer with the HTTP status of an error means: an error of the RPC where its body is
/// one (its `code` is a word), else an error of whatever answered instead.
async fn refused(response: reqwest::Response) -> Failure {
    let url = response.url().clone();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return Failure::from_reqwest(error, &url),
    };
    match serde_json::from_slice::<ConnectError>(&body) {
        Ok(error) => Failure::Rpc {
            code: error.code,
            message: error.message.unwrap_or_default(),
        },
        Err(_) => Failure::Refused(Refusal::new(status, &headers, &body)),
    }
}

fn is_stream(response: &reqwest::Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/connect+"))
}

/// The body of an answer, which notes how it broke.
#[derive(Debug)]
pub(crate) struct ResponseBody {
    body: reqwest::Body,
    url: Url,
    slot: FailureSlot,
    /// Whether the body announces its own end, so that nobody reads on to its very end unless the
    /// announcement is missing.
    streams: bool,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ConnectError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectError>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(frame)),
            Some(Err(error)) => {
                let failure = Failure::from_reqwest(error, &self.url);
                Some(Err(self.slot.put(failure)))
            }
            None if self.streams => {
                let place = shown(&self.url);
                Some(Err(self.slot.put(Failure::CutOff { place })))
            }
            None => None,
        })
    }
}
