//! Making sandboxes.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sandspan_protocol::{
    control::{self, NewSandbox, StringMap},
    defaults::{SANDBOX_TIMEOUT, V1_SANDBOX_TIMEOUT},
    headers::IDEMPOTENCY_KEY,
    template::TemplateReference,
};

use serde::Deserialize;

use super::{Control, Shared, answer::ApiError, life, network, request::Body};
use crate::{
    lifecycle,
    network::{Egress, Ingress},
};

type Created = Result<(StatusCode, Json<control::Sandbox>), ApiError>;

/// The body of a creation, with what only hosted services can do.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(flatten)]
    new: NewSandbox,
    iam: Option<serde_json::Value>,
}

/// What the versions of the API differ in.
struct Dialect {
    default_timeout: Duration,
    secure: bool,
    /// Whether clients ask for the internet without their users' having asked.
    always_asks_for_internet: bool,
}

/// `POST /sandboxes`: 15 seconds and no token unless asked for.
pub(super) async fn v1(
    State(control): Shared,
    headers: HeaderMap,
    Body(body): Body<Asked>,
) -> Created {
    let dialect = Dialect {
        default_timeout: V1_SANDBOX_TIMEOUT,
        secure: body.new.secure.unwrap_or(false),
        always_asks_for_internet: true,
    };
    create(&control, &headers, body, dialect).await
}

/// `POST /v2/sandboxes`: five minutes unless asked for otherwise, and always with a token.
pub(super) async fn v2(
    State(control): Shared,
    headers: HeaderMap,
    Body(body): Body<Asked>,
) -> Created {
    let dialect = Dialect {
        default_timeout: SANDBOX_TIMEOUT,
        secure: true,
        always_asks_for_internet: false,
    };
    create(&control, &headers, body, dialect).await
}

async fn create(
    control: &Arc<Control>,
    headers: &HeaderMap,
    Asked { new: body, iam }: Asked,
    dialect: Dialect,
) -> Created {
    let key = idempotency_key(headers)?;
    let template = find_template(control, &body.template_id)?;
    let rules = life::rules(&body, dialect.default_timeout, &control.registry)?;
    let secure = dialect.secure;
    network::refuse_identities(iam.as_ref())?;
    let ingress = Ingress::read(body.network.as_ref(), secure)?;
    let egress = Egress::read(body.allow_internet_access, body.network.as_ref())?;
    let egress = if dialect.always_asks_for_internet {
        network::as_far_as_possible(egress, &control.registry)?
    } else {
        network::check_connection(&egress, &control.registry)?;
        egress
    };
    let envs = check_envs(body.env_vars.unwrap_or_default())?;
    // The last of all checks, for it may take long.
    let template = control.templates.obtain(&template).await;
    let template = template.map_err(|problem| ApiError::internal(&problem))?;
    let new = lifecycle::NewSandbox {
        template,
        rules,
        secure,
        metadata: body.metadata,
        envs,
        ingress,
        egress,
        idempotency_key: key.clone(),
    };
    // In a task of its own: a client that goes away must not leave half a sandbox.
    let registry = Arc::clone(&control.registry);
    let make = async move {
        let made = tokio::spawn(async move { registry.create(new).await }).await;
        let made = made.map_err(|problem| ApiError::internal(&problem))?;
        Ok::<_, ApiError>(made?.handle())
    };
    let sandbox = match key {
        None => make.await?,
        Some(key) => control
            .first_answers
            .place(key)
            .get_or_try_init(|| make)
            .await?
            .clone(),
    };
    Ok((StatusCode::CREATED, Json(sandbox)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) && key.bytes().all(allowed) => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(ApiError::bad_request(
            "Idempotency-Key must be 1 to 255 characters of [a-z0-9-]",
        )),
    }
}

/// The name of the template that a reference means.
pub(super) fn find_template(control: &Control, reference: &str) -> Result<String, ApiError> {
    let parsed: TemplateReference = reference.parse()?;
    if parsed.namespace.is_some() || !control.templates.knows(&parsed.alias) {
        return Err(ApiError::not_found(format!(
            "template '{parsed}' not found"
        )));
    }
    match &parsed.tag {
        None => Ok(parsed.alias),
        Some(tag) => Err(ApiError::not_found(format!(
            "tag '{tag}' does not exist for template '{}'",
            parsed.alias
        ))),
    }
}

/// What no process could be started with is refused before there is a sandbox.
fn check_envs(envs: StringMap) -> Result<StringMap, ApiError> {
    let is_bad = |name: &str, value: &str| {
        name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')
    };
    match envs.iter().find(|(name, value)| is_bad(name, value)) {
        Some((name, _)) => Err(ApiError::bad_request(format!(
            "Invalid environment variable {name:?}: a name must not be empty or hold '=' or NUL, \
             and a value must not hold NUL"
        ))),
        None => Ok(envs),
    }
}
