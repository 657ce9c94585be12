//! What is called on the class of sandboxes: creating, listing, and all that takes an id.

use pyo3::prelude::*;
use sandspan::{CreateOptions, ListOptions};

use crate::{
    arguments::{
        AllowInternetAccess, Envs, IdempotencyKey, Limit, Metadata, NextToken, SandboxId, Secure,
        Template, Timeout,
    },
    instance::Instance,
    methods::class_methods,
    query::{OrderName, Query},
    results::SandboxInfo,
    sandbox::{AsyncSandbox, Flavour, Sandbox},
};

class_methods! {
    Sandbox, AsyncSandbox;

    /// Creates a sandbox. It ends by itself when its timeout has passed.
    ///
    /// Args:
    ///     template: The name of the template. Default: `base`.
    ///     timeout: Seconds to live. Default: 300.
    ///     metadata: Names and values to find it by.
    ///     envs: Environment variables of every process in it.
    ///     secure: Whether its agent asks for a token. Default: yes.
    ///     allow_internet_access: Whether it may reach the internet. Default: the provider's.
    ///     idempotency_key: Makes the creation safe to repeat. Default: a random one.
    ///
    /// Raises:
    ///     InvalidArgumentException: An argument is wrong.
    ///     TemplateException: There is no such template.
    #[signature(
        template = None, timeout = None, metadata = None, envs = None, secure = None,
        allow_internet_access = None, *, idempotency_key = None
    )]
    async fn create(
        call, template: Option<Template>, timeout: Option<Timeout>,
        metadata: Option<Metadata>, envs: Option<Envs>, secure: Option<Secure>,
        allow_internet_access: Option<AllowInternetAccess>, idempotency_key: Option<IdempotencyKey>,
    ) -> Instance<Self> {
        let options = CreateOptions {
            template: template.map(Into::into),
            timeout: timeout.map(Into::into),
            metadata: metadata.map(Into::into),
            envs: envs.map(Into::into),
            secure: secure.map(Into::into),
            allow_internet_access: allow_internet_access.map(Into::into),
            idempotency_key: idempotency_key.map(Into::into),
        };
        Ok(Instance::new(call.class, call.client.create(options).await?))
    }

    /// Lists sandboxes, page by page. No request is made before `next_items()`.
    ///
    /// Args:
    ///     query: Which sandboxes. Default: all.
    ///     limit: How many to a page, at most. Default: 100.
    ///     next_token: Where to start, as an earlier paginator said.
    ///     order: `asc` or `desc` by start time. Default: `desc`.
    #[signature(query = None, limit = None, next_token = None, order = None, *)]
    fn list(
        call, query: Option<Query>, limit: Option<Limit>, next_token: Option<NextToken>,
        order: Option<OrderName>,
    ) -> <Self as Flavour>::Paginator {
        let query = query.unwrap_or_default();
        let options = ListOptions {
            metadata: query.metadata.map(Into::into),
            states: query.states,
            template: query.template.map(Into::into),
            started_after: query.started_after,
            order: order.map(|name| name.0),
            limit: limit.map(Into::into),
            next_token: next_token.map(Into::into),
        };
        call.client.list(options).into()
    }

    /// Connects to a sandbox, and resumes it when it is paused.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     timeout: Seconds that it should live from now on, at least. Default: 300.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, timeout = None, *)]
    async fn _connect_by_id(
        call, sandbox_id: SandboxId, timeout: Option<Timeout>,
    ) -> Instance<Self> {
        let sandbox = call.client.connect(&String::from(sandbox_id), timeout.map(Into::into)).await?;
        Ok(Instance::new(call.class, sandbox))
    }

    /// Kills a sandbox.
    ///
    /// Returns:
    ///     False when there was none.
    #[signature(sandbox_id, *)]
    async fn _kill_by_id(call, sandbox_id: SandboxId) -> bool {
        call.client.kill(&String::from(sandbox_id)).await
    }

    /// Sets when a sandbox ends, sooner or later than before.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     timeout: Seconds from now; 0 ends it now.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, timeout, *)]
    async fn _set_timeout_by_id(call, sandbox_id: SandboxId, timeout: Timeout) -> () {
        call.client.set_timeout(&String::from(sandbox_id), timeout.into()).await
    }

    /// Gives what is known of a sandbox.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, *)]
    async fn _get_info_by_id(call, sandbox_id: SandboxId) -> SandboxInfo {
        call.client.get_info(&String::from(sandbox_id)).await.map(SandboxInfo)
    }
}
