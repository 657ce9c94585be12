//! Running code in the kernels of a sandbox. The package's classes for that show these methods
//! under their own names.

use pyo3::prelude::*;
use sandspan::{ContextOptions, RunCodeOptions};

use crate::{
    arguments::{Envs, RequestTimeout, Timeout, WorkingDirectory},
    callbacks::Callback,
    code_arguments::{ContextId, Language, Source},
    code_results::{Context, Execution, ExecutionError, OutputMessage, Result},
    code_run::{self, CodeCallbacks},
    methods::{methods, methods_on_caller},
    pair::Paired as _,
    sandbox::{AsyncSandbox, Sandbox},
};

methods_on_caller! {
    Sandbox, AsyncSandbox;

    /// Runs code in a kernel, which keeps what it leaves there.
    ///
    /// An exception in the code is not raised: it is the `error` of what is returned. If the call
    /// ends before the code does, the code is interrupted, and its context can be used again.
    ///
    /// Args:
    ///     code: The code.
    ///     language: Its language, such as `python`, `javascript` or `bash`, in whose default
    ///         context it runs. Default: `python`. Not together with `context`.
    ///     context: The context to run it in, or the id of one. Default: that of the language.
    ///     on_stdout: Called with each piece of standard output. While a callback runs, nothing more
    ///         is taken; one that takes 30 s or longer may end the call with an error.
    ///     on_stderr: Called with each piece of standard error.
    ///     on_result: Called with each thing that the code displays, and with what it comes to.
    ///     on_error: Called with the exception that the code ends with.
    ///     envs: Environment variables of this run, beside those of the sandbox.
    ///     timeout: Seconds that it may run. Default: 300; 0 means without limit.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///
    /// Returns:
    ///     What the code wrote, displayed and came to.
    ///
    /// Raises:
    ///     CommandTimeoutException: It ran for longer than `timeout`.
    ///     InvalidArgumentException: An argument is wrong, or does not fit to another one.
    ///     NotFoundException: There is no such context.
    ///     PortClosedException: The sandbox was made from a template without kernels.
    ///     SandboxUnreachableException: What the code does could not be followed to its end.
    #[pyo3(signature = (
        code, language = None, context = None, on_stdout = None, on_stderr = None,
        on_result = None, on_error = None, envs = None, timeout = None, request_timeout = None
    ))]
    async fn _run_code(
        &sandbox, code: Source, language: Option<Language>, context: Option<ContextId>,
        on_stdout: Option<Callback<OutputMessage>>, on_stderr: Option<Callback<OutputMessage>>,
        on_result: Option<Callback<Result>>, on_error: Option<Callback<ExecutionError>>,
        envs: Option<Envs>, timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> Execution {
        let options = RunCodeOptions {
            language: language.map(Into::into),
            context: context.map(|id| id.0),
            envs: envs.map(Into::into).unwrap_or_default(),
            timeout: timeout.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
        };
        let callbacks = CodeCallbacks {
            stdout: on_stdout,
            stderr: on_stderr,
            result: on_result,
            error: on_error,
        };
        code_run::run(sandbox.code(), code.into(), options, callbacks, Self::HAS_LOOP).await
    }
}

methods! {
    Sandbox, AsyncSandbox;

    /// Creates a context: another kernel, whose code sees nothing of the others'.
    ///
    /// Args:
    ///     cwd: Where it starts. Default: the user's home.
    ///     language: Its language. Default: `python`.
    ///     request_timeout: Seconds that it may take. Default: the connection's.
    ///
    /// Raises:
    ///     InvalidArgumentException: There is no such directory, or no kernel for the language.
    #[pyo3(signature = (cwd = None, language = None, request_timeout = None))]
    async fn _create_code_context(
        &sandbox, cwd: Option<WorkingDirectory>, language: Option<Language>,
        request_timeout: Option<RequestTimeout>,
    ) -> Context {
        let options = ContextOptions {
            language: language.map(Into::into),
            cwd: cwd.map(Into::into),
            request_timeout: request_timeout.map(Into::into),
        };
        sandbox.code().create_context(options).await.map(Context)
    }

    /// Removes a context, and ends what runs in it.
    ///
    /// Args:
    ///     context: The context, or its id.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such context.
    #[pyo3(signature = (context, request_timeout = None))]
    async fn _remove_code_context(
        &sandbox, context: ContextId, request_timeout: Option<RequestTimeout>,
    ) -> () {
        let timeout = request_timeout.map(Into::into);
        sandbox.code().remove_context(&context.0, timeout).await
    }

    /// Lists the contexts, with the default ones.
    ///
    /// Args:
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    #[pyo3(signature = (request_timeout = None))]
    async fn _list_code_contexts(
        &sandbox, request_timeout: Option<RequestTimeout>,
    ) -> Vec<Context> {
        let contexts = sandbox.code().list_contexts(request_timeout.map(Into::into)).await?;
        Ok(contexts.into_iter().map(Context).collect())
    }

    /// Starts a context anew: what code left in it is gone, and what runs in it ends.
    ///
    /// Args:
    ///     context: The context, or its id.
    ///     request_timeout: Seconds that the request may take. Default: the connection's.
    ///
    /// Raises:
    ///     NotFoundException: There is no such context.
    #[pyo3(signature = (context, request_timeout = None))]
    async fn _restart_code_context(
        &sandbox, context: ContextId, request_timeout: Option<RequestTimeout>,
    ) -> () {
        let timeout = request_timeout.map(Into::into);
        sandbox.code().restart_context(&context.0, timeout).await
    }
}
