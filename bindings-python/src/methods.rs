//! Defines methods once, for the blocking class and for the asyncio class.

/// Methods of both classes. An `async fn` blocks in the first class and is a coroutine in the
/// second; its body runs on the runtime's threads and gives the core's result. A `fn` is the same
/// in both.
macro_rules! methods {
    ($blocking:ident, $asynchronous:ident;) => {};
    (
        $blocking:ident, $asynchronous:ident;
        $(#[$attribute:meta])*
        async fn $name:ident(&$this:ident $(, $argument:ident: $type:ty)* $(,)?) -> $output:ty $body:block
        $($rest:tt)*
    ) => {
        $crate::methods::methods_on_caller! {
            $blocking, $asynchronous;
            $(#[$attribute])*
            async fn $name(&$this $(, $argument: $type)*) -> $output {
                $crate::runtime::spawn(async move { $body }).await
            }
        }
        $crate::methods::methods! { $blocking, $asynchronous; $($rest)* }
    };
    (
        $blocking:ident, $asynchronous:ident;
        $(#[$attribute:meta])*
        fn $name:ident(&$this:ident $(, $argument:ident: $type:ty)* $(,)?) -> $output:ty $body:block
        $($rest:tt)*
    ) => {
        $crate::methods::methods! { @plain $blocking; $(#[$attribute])* fn $name(&$this $(, $argument: $type)*) -> $output $body }
        $crate::methods::methods! { @plain $asynchronous; $(#[$attribute])* fn $name(&$this $(, $argument: $type)*) -> $output $body }
        $crate::methods::methods! { $blocking, $asynchronous; $($rest)* }
    };
    (
        @plain $class:ident;
        $(#[$attribute:meta])*
        fn $name:ident(&$this:ident $(, $argument:ident: $type:ty)*) -> $output:ty $body:block
    ) => {
        #[pyo3::pymethods]
        impl $class {
            $(#[$attribute])*
            fn $name(&self $(, $argument: $type)*) -> $output {
                let $this = &self.0;
                $body
            }
        }
    };
}

/// Methods as those of [`methods`], whose bodies run on the caller's thread, attached to Python,
/// and give a `PyResult`.
macro_rules! methods_on_caller {
    (
        $blocking:ident, $asynchronous:ident;
        $(
            $(#[$attribute:meta])*
            async fn $name:ident(&$this:ident $(, $argument:ident: $type:ty)* $(,)?) -> $output:ty $body:block
        )*
    ) => {
        #[pyo3::pymethods]
        impl $blocking {
            $(
                $(#[$attribute])*
                fn $name(&self, py: pyo3::Python<'_> $(, $argument: $type)*) -> pyo3::PyResult<$output> {
                    let $this = self.0.clone();
                    $crate::runtime::block_on(py, async move { $body })
                }
            )*
        }

        #[pyo3::pymethods]
        impl $asynchronous {
            $(
                $(#[$attribute])*
                async fn $name(&self $(, $argument: $type)*) -> pyo3::PyResult<$output> {
                    let $this = self.0.clone();
                    $body
                }
            )*
        }
    };
}

/// Class methods of both classes, whose last arguments are the connection's options.
///
/// An `async fn` is as in [`methods`], a `fn` is the same in both. Bodies get a
/// [`ClassCall`](crate::connection::ClassCall). What stands after `where` is done before, on
/// the caller's thread, and may raise; it gets a [`Called`](crate::connection::Called).
macro_rules! class_methods {
    ($blocking:ident, $asynchronous:ident;) => {};
    (
        $blocking:ident, $asynchronous:ident;
        $(#[doc = $doc:literal])*
        #[signature($($signature:tt)*)]
        async fn $name:ident($call:ident $(, $argument:ident: $type:ty)* $(,)?) -> $output:ty
            $(where $($prepared:ident = $preparation:expr;)+)? $body:block
        $($rest:tt)*
    ) => {
        $crate::methods::class_methods! {
            @define $blocking; [$($doc)*] [$($signature)*] []
            fn $name(class: &pyo3::Bound<'_, pyo3::types::PyType>, connection $(, $argument: $type)*) -> $output {
                let py = class.py();
                let $call = connection.on(class.clone().unbind());
                $($(let $prepared = $preparation?;)+)?
                $crate::runtime::block_on(py, $crate::runtime::spawn(async move {
                    let $call = $call.open()?;
                    $body
                }))
            }
        }
        $crate::methods::class_methods! {
            @define $asynchronous; [$($doc)*] [$($signature)*] [async]
            fn $name(class: pyo3::Py<pyo3::types::PyType>, connection $(, $argument: $type)*) -> $output {
                let $call = connection.on(class);
                $($(let $prepared = $preparation?;)+)?
                $crate::runtime::spawn(async move {
                    let $call = $call.open()?;
                    $body
                }).await
            }
        }
        $crate::methods::class_methods! { $blocking, $asynchronous; $($rest)* }
    };
    (
        $blocking:ident, $asynchronous:ident;
        $(#[doc = $doc:literal])*
        #[signature($($signature:tt)*)]
        fn $name:ident($call:ident $(, $argument:ident: $type:ty)* $(,)?) -> $output:ty $body:block
        $($rest:tt)*
    ) => {
        $crate::methods::class_methods! {
            @both $blocking, $asynchronous; [$($doc)*] [$($signature)*] []
            fn $name(class: &pyo3::Bound<'_, pyo3::types::PyType>, connection $(, $argument: $type)*) -> $output {
                let $call = connection.on(class.clone().unbind()).open().map_err($crate::error::raise)?;
                Ok($body)
            }
        }
        $crate::methods::class_methods! { $blocking, $asynchronous; $($rest)* }
    };
    (@both $blocking:ident, $asynchronous:ident; $($definition:tt)*) => {
        $crate::methods::class_methods! { @define $blocking; $($definition)* }
        $crate::methods::class_methods! { @define $asynchronous; $($definition)* }
    };
    (
        @define $target:ident; [$($doc:literal)*] [$($signature:tt)*] [$($asynchrony:tt)?]
        fn $name:ident($class:ident: $class_type:ty, $connection:ident $(, $argument:ident: $type:ty)*) -> $output:ty $body:block
    ) => {
        #[pyo3::pymethods]
        impl $target {
            $(#[doc = $doc])*
            #[classmethod]
            #[pyo3(signature = (
                $($signature)*, api_key = None, domain = None, api_url = None, sandbox_url = None,
                request_timeout = None, headers = None, proxy = None, provider = None
            ))]
            $($asynchrony)? fn $name(
                $class: $class_type,
                $($argument: $type,)*
                api_key: Option<$crate::arguments::ApiKey>,
                domain: Option<$crate::arguments::Domain>,
                api_url: Option<$crate::arguments::ApiUrl>,
                sandbox_url: Option<$crate::arguments::SandboxUrl>,
                request_timeout: Option<$crate::arguments::RequestTimeout>,
                headers: Option<$crate::arguments::Headers>,
                proxy: Option<$crate::arguments::Proxy>,
                provider: Option<$crate::arguments::Provider>,
            ) -> pyo3::PyResult<$output> {
                let $connection = $crate::connection::Connection {
                    api_key, domain, api_url, sandbox_url, request_timeout, headers, proxy, provider,
                };
                $body
            }
        }
    };
}

pub(crate) use {class_methods, methods, methods_on_caller};
