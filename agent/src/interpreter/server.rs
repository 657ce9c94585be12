//! What the code interpreter answers.

use std::{convert::Infallible, sync::Arc};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use sandspan_protocol::interpreter::{
    CONTEXTS_PATH, EXECUTE_PATH, Execute, HEALTH_PATH, NewContext,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::sync::oneshot;

use super::{
    Shared,
    context::{Context, Execution},
    contexts::Contexts,
    environment,
    outlet::{self, Lines},
};
use crate::{
    access,
    rest::{drain, drain_of_stranger},
};

/// What follows the id in the path that starts a context anew.
const RESTART: &str = "/restart";

/// The largest body of a request, in bytes.
const BODY_LIMIT: usize = 24 * 1024 * 1024;

type Body = Either<Full<Bytes>, Lines>;

/// A refusal, with what is wrong.
type Refused = (StatusCode, String);

/// Answers requests.
pub(super) struct Server {
    contexts: Arc<Contexts>,
    shared: Arc<Shared>,
    access_token: Option<String>,
}

impl Server {
    pub(super) fn new(
        contexts: Contexts,
        shared: Arc<Shared>,
        access_token: Option<String>,
    ) -> Self {
        Self {
            contexts: Arc::new(contexts),
            shared,
            access_token,
        }
    }

    /// Answers one request.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        self.shared.parts.memory.used();
        let answer = self.dispatch(request).await;
        Ok(answer.unwrap_or_else(|(status, problem)| text(status, problem)))
    }

    async fn dispatch(&self, request: Request<Incoming>) -> Result<Response<Body>, Refused> {
        let path = request.uri().path().to_owned();
        let context = path.strip_prefix(CONTEXTS_PATH).unwrap_or_default();
        let context = context.strip_prefix('/').unwrap_or_default();
        let context = &*percent_decode_str(context).decode_utf8_lossy();
        match (request.method(), path.as_str()) {
            (&Method::GET, HEALTH_PATH) => Ok(document(&"OK")),
            (&Method::POST, EXECUTE_PATH) => self.execute(request).await,
            (&Method::GET, CONTEXTS_PATH) => Ok(document(&self.contexts.list())),
            (&Method::POST, CONTEXTS_PATH) => self.create(request).await,
            (&Method::DELETE, _) if !context.is_empty() => {
                let found = self.contexts.take(context);
                found.ok_or_else(|| not_found(context))?.remove();
                Ok(document(&()))
            }
            (&Method::POST, _) if context.ends_with(RESTART) => {
                let id = context.strip_suffix(RESTART).unwrap_or_default();
                self.restart(self.context(id)?).await
            }
            (_, HEALTH_PATH | EXECUTE_PATH | CONTEXTS_PATH) => Err((
                StatusCode::METHOD_NOT_ALLOWED,
                "Method Not Allowed".to_owned(),
            )),
            _ => Err((StatusCode::NOT_FOUND, "Not Found".to_owned())),
        }
    }

    fn context(&self, id: &str) -> Result<Arc<Context>, Refused> {
        self.contexts.get(id).ok_or_else(|| not_found(id))
    }

    async fn execute(&self, request: Request<Incoming>) -> Result<Response<Body>, Refused> {
        // Clients send the token here and nowhere else.
        if !access::has_token(request.headers(), self.access_token.as_deref()) {
            drain_of_stranger(&mut request.into_body()).await;
            return Err((StatusCode::UNAUTHORIZED, access::UNAUTHORIZED.to_owned()));
        }
        let execute: Execute = read(request).await?;
        let invalid = |problem| (StatusCode::BAD_REQUEST, problem);
        let id = execute.context_id.filter(|id| !id.is_empty());
        let language = execute.language.filter(|language| !language.is_empty());
        if id.is_some() && language.is_some() {
            let problem = "Only one of context_id or language can be provided";
            return Err(invalid(problem.to_owned()));
        }
        if execute.code.contains('\0') {
            let problem = "code must not contain a NUL character";
            return Err(invalid(problem.to_owned()));
        }
        let variables = execute.env_vars.unwrap_or_default();
        environment::check(&variables).map_err(invalid)?;
        let context = match &id {
            Some(id) => self.context(id)?,
            None => self
                .contexts
                .of_language(language.as_deref())
                .map_err(invalid)?,
        };
        let (outlet, lines) = outlet::open(Arc::clone(&self.shared.parts.suspension));
        let execution = Execution {
            code: execute.code,
            variables,
        };
        tokio::spawn(context.execute(execution, outlet));
        Ok(Response::new(Either::Right(lines)))
    }

    async fn create(&self, request: Request<Incoming>) -> Result<Response<Body>, Refused> {
        let new: NewContext = read(request).await?;
        let added = self
            .contexts
            .add(new.language.as_deref(), new.cwd.as_deref());
        let context = added.map_err(|problem| (StatusCode::BAD_REQUEST, problem))?;
        let created = document(context.about());
        let contexts = Arc::clone(&self.contexts);
        let (sender, started) = oneshot::channel();
        // To its end, also when the client does not wait for it.
        tokio::spawn(async move {
            let started = context.start().await;
            let has_failed = started.is_err();
            // What nobody gets to know of, nobody could remove.
            if sender.send(started).is_err() || has_failed {
                contexts.take(&context.about().id);
                context.remove();
            }
        });
        done(started).await?;
        Ok(created)
    }

    async fn restart(&self, context: Arc<Context>) -> Result<Response<Body>, Refused> {
        let (sender, restarted) = oneshot::channel();
        // To its end, also when the client does not wait for it.
        tokio::spawn(async move { sender.send(context.restart().await) });
        done(restarted).await?;
        Ok(document(&()))
    }
}

/// How something ended that goes on by itself.
async fn done(outcome: oneshot::Receiver<Result<(), String>>) -> Result<(), Refused> {
    let outcome = outcome.await.unwrap_or_else(|it| Err(it.to_string()));
    outcome.map_err(|problem| (StatusCode::INTERNAL_SERVER_ERROR, problem))
}

fn not_found(id: &str) -> Refused {
    (StatusCode::NOT_FOUND, format!("Context {id} not found"))
}

/// Reads the document that a request carries; without one, an empty one.
async fn read<Document: DeserializeOwned>(request: Request<Incoming>) -> Result<Document, Refused> {
    let mut body = request.into_body();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|problem| (StatusCode::BAD_REQUEST, problem.to_string()))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > BODY_LIMIT {
                drain(&mut body).await;
                let limit = BODY_LIMIT / 1024 / 1024;
                let problem = format!("a request may have at most {limit} MiB");
                return Err((StatusCode::PAYLOAD_TOO_LARGE, problem));
            }
            bytes.extend_from_slice(&data);
        }
    }
    let bytes = if bytes.is_empty() { &b"{}"[..] } else { &bytes };
    serde_json::from_slice(bytes).map_err(|problem| {
        let detail = json!({"detail": problem.to_string()}).to_string();
        (StatusCode::UNPROCESSABLE_ENTITY, detail)
    })
}

fn document(document: &impl Serialize) -> Response<Body> {
    let json = serde_json::to_vec(document).expect("the documents are plain data");
    response(StatusCode::OK, "application/json", json.into())
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    response(status, "text/plain; charset=utf-8", text.into())
}

fn response(status: StatusCode, media: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(body)));
    *response.status_mut() = status;
    let media = HeaderValue::from_static(media);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}
