//! What is called on the class of sandboxes: creating, listing, and all that takes an id.

use pyo3::prelude::*;
use sandspan::{CreateOptions, ListOptions};

use crate::{
    arguments::{
        AllowInternetAccess, AutoPause, Envs, IdempotencyKey, IdleCountsProcesses, IdleTimeout,
        KeepMemory, Limit, Metadata, NextToken, SandboxId, Secure, Template, Timeout,
    },
    ending::EndReason,
    instance::Instance,
    lifecycle::{self, Lifecycle, SnapshotMode},
    lifetime::SandboxLifetime,
    methods::class_methods,
    network::Network,
    query::{OrderName, Query},
    results::SandboxInfo,
    sandbox::{AsyncSandbox, Flavour, Sandbox},
};

class_methods! {
    Sandbox, AsyncSandbox;

    /// Creates a sandbox. It ends by itself when its timeout has passed.
    ///
    /// Args:
    ///     template: The name of the template. Default: the `default_template` of the class, or
    ///         where that is `None`, `base`.
    ///     timeout: Seconds to live. Default: 300.
    ///     metadata: Names and values to find it by.
    ///     envs: Environment variables of every process in it.
    ///     secure: Whether its agent asks for a token. Default: yes.
    ///     allow_internet_access: Whether it may reach the internet. Default: the provider's.
    ///     idle_timeout: Seconds that it may be idle: nothing is connected to it, and no request is
    ///         under way. It counts from 30 on, and never for longer than `timeout`. Default:
    ///         without limit, which 0 says too.
    ///     idle_counts_processes: Whether a process that nobody is attached to keeps it from being
    ///         idle. Only the local runtime can do this. Default: no.
    ///     lifecycle: What happens when its time is over, and on traffic after it. Default: the
    ///         provider's, which is to kill it.
    ///     auto_pause: Another name for an `on_timeout` of `pause` (true) or `kill` (false) in
    ///         `lifecycle`.
    ///     idempotency_key: Makes the creation safe to repeat. Default: a random one.
    ///     network: What it may reach, and what may reach it. Default: the provider's.
    ///
    /// Raises:
    ///     InvalidArgumentException: An argument is wrong, or does not fit to another one.
    ///     TemplateException: There is no such template.
    ///     UnsupportedException: The provider cannot do what was asked for.
    #[signature(
        template = None, timeout = None, metadata = None, envs = None, secure = None,
        allow_internet_access = None, *, idle_timeout = None, idle_counts_processes = None,
        lifecycle = None, auto_pause = None, idempotency_key = None, network = None
    )]
    async fn create(
        call, template: Option<Template>, timeout: Option<Timeout>,
        metadata: Option<Metadata>, envs: Option<Envs>, secure: Option<Secure>,
        allow_internet_access: Option<AllowInternetAccess>, idle_timeout: Option<IdleTimeout>,
        idle_counts_processes: Option<IdleCountsProcesses>, lifecycle: Option<Lifecycle>,
        auto_pause: Option<AutoPause>, idempotency_key: Option<IdempotencyKey>,
        network: Option<Network>,
    ) -> Instance<Self> where template = call.template(template); {
        let options = CreateOptions {
            template: template.map(Into::into),
            timeout: timeout.map(Into::into),
            idle_timeout: idle_timeout.map(Into::into),
            idle_counts_processes: idle_counts_processes.map(Into::into),
            lifecycle: lifecycle.map(|given| given.0),
            auto_pause: auto_pause.map(Into::into),
            metadata: metadata.map(Into::into),
            envs: envs.map(Into::into),
            secure: secure.map(Into::into),
            allow_internet_access: allow_internet_access.map(Into::into),
            idempotency_key: idempotency_key.map(Into::into),
            network: network.map(|given| given.0),
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

    /// Pauses a sandbox. `connect` resumes it.
    ///
    /// Args:
    ///     sandbox_id: Its id.
    ///     keep_memory: Deprecated: true is a `mode` of `full`, false one of `filesystem`.
    ///     mode: What is kept: `full` keeps processes and memory beside the files. After
    ///         `filesystem` it starts afresh from its files. Default: the provider's, which is
    ///         `full`.
    ///
    /// Returns:
    ///     False when it was paused already.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, keep_memory = None, *, mode = None)]
    async fn _pause_by_id(
        call, sandbox_id: SandboxId, keep_memory: Option<KeepMemory>, mode: Option<SnapshotMode>,
    ) -> bool where keep = lifecycle::kept("mode", mode, keep_memory); {
        call.client.pause(&String::from(sandbox_id), keep).await
    }

    /// Tells what ends a sandbox, and when.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox.
    #[signature(sandbox_id, *)]
    async fn _get_lifetime_by_id(call, sandbox_id: SandboxId) -> SandboxLifetime {
        call.client.get_lifetime(&String::from(sandbox_id)).await.map(SandboxLifetime)
    }

    /// Waits until a sandbox ends or is paused. This does not count as a use of it.
    ///
    /// Returns:
    ///     Why it ended.
    ///
    /// Raises:
    ///     SandboxNotFoundException: There is no such sandbox, and nothing is known of its end.
    #[signature(sandbox_id, *)]
    async fn _wait_until_ended_by_id(call, sandbox_id: SandboxId) -> EndReason {
        call.client.wait_until_ended(&String::from(sandbox_id)).await.map(EndReason)
    }
}
