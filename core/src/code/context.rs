//! The contexts that code runs in.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sandspan_protocol::interpreter::{CONTEXTS_PATH, Context, NewContext};

use super::{Code, named, request};
use crate::{
    Error, ErrorKind, Result,
    arguments::check_text,
    config::Endpoint,
    connection::Effect,
    diagnosis::{self, Stage},
    transport::{Answer, exchange, within},
};

/// What cannot stand in a URL's path as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How to create a context.
#[derive(Clone, Debug, Default)]
pub struct ContextOptions {
    /// Its language. Default: Python.
    pub language: Option<String>,
    /// Where its code starts. Default: the user's home.
    pub cwd: Option<String>,
    /// How long it may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

/// One request about contexts.
struct Asked {
    operation: &'static str,
    method: Method,
    path: String,
    body: Option<Bytes>,
    effect: Effect,
}

impl Code {
    /// Creates a context, whose code sees nothing of the others'.
    ///
    /// Fails with the kind [`InvalidArgument`](ErrorKind::InvalidArgument) where the local runtime
    /// knows no such language or directory.
    pub async fn create_context(&self, options: ContextOptions) -> Result<Context> {
        const OPERATION: &str = "code.create_context";
        let new = NewContext {
            language: named(options.language),
            cwd: named(options.cwd),
        };
        if let Some(cwd) = &new.cwd {
            check_text(OPERATION, "cwd", cwd)?;
        }
        let body = serde_json::to_vec(&new).expect("texts are JSON");
        let asked = Asked {
            operation: OPERATION,
            method: Method::POST,
            path: CONTEXTS_PATH.to_owned(),
            body: Some(body.into()),
            effect: Effect::Another,
        };
        let answer = self.ask(asked, options.request_timeout).await?;
        read(OPERATION, &answer)
    }

    /// Removes a context, and ends what runs in it.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where there is none.
    pub async fn remove_context(&self, id: &str, request_timeout: Option<Duration>) -> Result<()> {
        const OPERATION: &str = "code.remove_context";
        let asked = Asked {
            operation: OPERATION,
            method: Method::DELETE,
            path: path(OPERATION, id)?,
            body: None,
            effect: Effect::Another,
        };
        self.ask(asked, request_timeout).await?;
        Ok(())
    }

    /// The contexts, with the default ones.
    pub async fn list_contexts(&self, request_timeout: Option<Duration>) -> Result<Vec<Context>> {
        const OPERATION: &str = "code.list_contexts";
        let asked = Asked {
            operation: OPERATION,
            method: Method::GET,
            path: CONTEXTS_PATH.to_owned(),
            body: None,
            effect: Effect::Same,
        };
        let answer = self.ask(asked, request_timeout).await?;
        read(OPERATION, &answer)
    }

    /// Starts a context anew: what its code left is gone, and what runs in it ends.
    ///
    /// Fails with the kind [`NotFound`](ErrorKind::NotFound) where there is none.
    pub async fn restart_context(&self, id: &str, request_timeout: Option<Duration>) -> Result<()> {
        const OPERATION: &str = "code.restart_context";
        let asked = Asked {
            operation: OPERATION,
            method: Method::POST,
            path: format!("{}/restart", path(OPERATION, id)?),
            body: None,
            effect: Effect::Another,
        };
        self.ask(asked, request_timeout).await?;
        Ok(())
    }

    async fn ask(&self, asked: Asked, request_timeout: Option<Duration>) -> Result<Answer> {
        let attempt = async |endpoint: Arc<Endpoint>| {
            let (method, body) = (asked.method.clone(), asked.body.as_ref());
            let (client, request) = request(&self.agent, &endpoint, method, &asked.path, body)?;
            exchange(&client, request).await
        };
        let _active = self.agent.begin();
        let reaching = self.agent.connection.reach(asked.effect, attempt);
        match within(self.agent.limit(request_timeout), reaching).await {
            Ok(answer) => {
                self.agent.answered();
                Ok(answer)
            }
            Err(failure) => {
                let explained = self.agent.explain(asked.operation, Stage::Code, failure);
                Err(explained.await)
            }
        }
    }
}

/// Refuses what cannot be the id of a context: as the end of a path, dots alone lead elsewhere,
/// however they are written.
pub(super) fn check_id(operation: &'static str, id: &str) -> Result<()> {
    if matches!(id, "" | "." | "..") {
        let message = format!("Invalid context: {id:?} is no id");
        return Err(Error::new(ErrorKind::InvalidArgument, operation, message));
    }
    Ok(())
}

/// The path of a context.
fn path(operation: &'static str, id: &str) -> Result<String> {
    check_id(operation, id)?;
    let id = utf8_percent_encode(id, RESERVED);
    Ok(format!("{CONTEXTS_PATH}/{id}"))
}

fn read<T: serde::de::DeserializeOwned>(operation: &'static str, answer: &Answer) -> Result<T> {
    let read = answer.json();
    read.map_err(|failure| diagnosis::control(operation, failure))
}

#[cfg(test)]
mod tests {
    use super::path;
    use crate::ErrorKind;

    #[test]
    fn ids_stay_one_segment() {
        let good = path("code.remove_context", "a-1/b?c").expect("an id");
        assert_eq!(good, "/contexts/a-1%2Fb%3Fc");
        for id in ["", ".", ".."] {
            let error = path("code.remove_context", id).expect_err("no id");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        }
    }
}
