//! URLs of files.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use sandspan_protocol::{
    files,
    signature::{EXPIRATION, Operation, SIGNATURE, sign},
};

use super::check;
use crate::{Error, ErrorKind, Result, agent::Agent, units::whole_seconds};

/// How to make a URL of a file.
#[derive(Clone, Debug, Default)]
pub struct UrlOptions {
    /// As whom the file is read or written. Default: the sandbox's default user.
    pub user: Option<String>,
    /// How long the URL is good for, rounded up to whole seconds. Default: as long as the sandbox
    /// lives.
    pub expiration: Option<Duration>,
}

/// The URL that a file is read from or written to, without a path that the sandbox knows nothing
/// of. Its signature stands for the agent's token, where that has one.
pub(crate) fn signed(
    agent: &Agent,
    name: &'static str,
    operation: Operation,
    path: &str,
    options: UrlOptions,
) -> Result<String> {
    let UrlOptions { user, expiration } = options;
    check(name, path, user.as_deref())?;
    let user = agent.user(user.as_deref());
    let expiration = expiration.map(|it| expires_at(name, it)).transpose()?;
    let mut url = agent.public_url(name)?;
    url.set_path(&format!(
        "{}{}",
        url.path().trim_end_matches('/'),
        files::PATH
    ));
    self::name(&mut url, path, user);
    match (&agent.token, expiration) {
        (Some(token), expiration) => {
            let user = user.unwrap_or_default();
            let signature = sign(token, operation, path, user, expiration);
            url.query_pairs_mut().append_pair(SIGNATURE, &signature);
            if let Some(expiration) = expiration {
                let expiration = expiration.to_string();
                url.query_pairs_mut().append_pair(EXPIRATION, &expiration);
            }
        }
        (None, Some(_)) => {
            let message =
                "Signature expiration can be used only when sandbox is created as secured.";
            return Err(Error::new(ErrorKind::InvalidArgument, name, message));
        }
        (None, None) => {}
    }
    // Everything understands this sign for a space, wherever in a URL it stands.
    let query = url.query().map(|query| query.replace('+', "%20"));
    url.set_query(query.as_deref());
    Ok(url.into())
}

fn expires_at(name: &'static str, expiration: Duration) -> Result<i64> {
    let seconds = whole_seconds(name, "expiration", expiration)?;
    Ok(Timestamp::now().as_second() + seconds)
}

/// Says in a URL which file it is about, if any, and as whom.
pub(super) fn name(url: &mut Url, path: &str, user: Option<&str>) {
    let path = Some(path).filter(|path| !path.is_empty());
    let pairs = [("path", path), ("username", user)];
    for (name, value) in pairs {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
}
