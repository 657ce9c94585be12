//! The control plane: the REST API by which sandboxes are made, found, extended and ended.

mod answer;
mod create;
mod events;
mod first_answers;
mod life;
mod list;
mod logs;
mod metrics;
mod network;
mod request;
mod sandboxes;
mod templates;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post, put},
};
use sandspan_protocol::{headers::API_KEY, runtime::TEMPLATES_PATH};
use subtle::ConstantTimeEq as _;

use self::{answer::ApiError, first_answers::FirstAnswers, request::BODY_LIMIT};
use crate::{lifecycle::Registry, machine::Machine, template::Templates};

/// What the handlers share.
pub(crate) struct Control {
    pub(crate) registry: Arc<Registry>,
    pub(crate) templates: Arc<Templates>,
    pub(crate) machine: Machine,
    api_key: String,
    first_answers: FirstAnswers,
}

impl Control {
    pub(crate) fn new(
        registry: Arc<Registry>,
        templates: Arc<Templates>,
        machine: Machine,
        api_key: String,
    ) -> Self {
        let first_answers = FirstAnswers::of(&registry);
        Self {
            registry,
            templates,
            machine,
            api_key,
            first_answers,
        }
    }
}

type Shared = State<Arc<Control>>;

/// The routes of the control plane.
pub(crate) fn router(control: Arc<Control>) -> Router {
    let sandboxes = Router::new()
        .route("/sandboxes", post(create::v1).get(list::v1))
        .route("/v2/sandboxes", post(create::v2).get(list::v2))
        .route(
            "/sandboxes/{id}",
            get(sandboxes::get).delete(sandboxes::kill),
        )
        .route("/sandboxes/events", get(events::list))
        .route("/sandboxes/metrics", get(metrics::of_many))
        .route("/sandboxes/{id}/metrics", get(metrics::of_one))
        .route("/sandboxes/{id}/logs", get(logs::v1))
        .route("/v2/sandboxes/{id}/logs", get(logs::v2))
        .route("/sandboxes/{id}/timeout", post(sandboxes::set_timeout))
        .route("/sandboxes/{id}/refreshes", post(sandboxes::refresh))
        .route("/sandboxes/{id}/connect", post(sandboxes::connect))
        .route("/v2/sandboxes/{id}/connect", post(sandboxes::connect))
        .route("/sandboxes/{id}/network", put(network::update))
        .route("/sandboxes/{id}/pause", post(sandboxes::pause))
        .route("/sandboxes/{id}/resume", post(sandboxes::resume))
        .route(
            &format!("{TEMPLATES_PATH}/{{name}}"),
            post(templates::make_ready),
        )
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_route)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&control),
            require_key,
        ));
    Router::new()
        .route("/health", get(|| async { "Health check successful" }))
        .merge(sandboxes)
        .with_state(control)
}

async fn unknown_route() -> ApiError {
    ApiError::not_found("validation error: no matching operation was found")
}

/// Only who has the key gets as far as to be told what is wrong with a request.
async fn require_key(State(control): Shared, request: Request, next: Next) -> Response {
    let Some(given) = request.headers().get(API_KEY) else {
        return ApiError::unauthorized("authorization header is missing").into_response();
    };
    if bool::from(given.as_bytes().ct_eq(control.api_key.as_bytes())) {
        return next.run(request).await;
    }
    ApiError::unauthorized(
        "Invalid API key: the local runtime's key is in its server.json, and clients on this \
         machine find it there by themselves",
    )
    .into_response()
}
