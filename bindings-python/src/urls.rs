//! URLs by which files are transferred without a key.

use pyo3::prelude::*;
use sandspan::UrlOptions;

use crate::{
    arguments::User,
    error,
    file_arguments::{Path, UseSignatureExpiration},
    methods::methods,
    sandbox::{AsyncSandbox, Sandbox},
};

methods! {
    Sandbox, AsyncSandbox;

    /// The URL to upload a file to, by a POST of a form with the file in its field `file`.
    ///
    /// Args:
    ///     path: Where the file is to be. Default: the file name that the form gives.
    ///     user: The user to write it as. Default: the sandbox's default user.
    ///     use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.
    ///
    /// Raises:
    ///     InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
    #[pyo3(signature = (path = None, user = None, use_signature_expiration = None))]
    fn upload_url(
        &sandbox, path: Option<Path>, user: Option<User>,
        use_signature_expiration: Option<UseSignatureExpiration>,
    ) -> PyResult<String> {
        let options = options(user, use_signature_expiration);
        let path = path.map(String::from);
        sandbox.upload_url(path.as_deref(), options).map_err(error::raise)
    }

    /// The URL to download a file from, by a GET.
    ///
    /// Args:
    ///     path: Where the file is.
    ///     user: The user to read it as. Default: the sandbox's default user.
    ///     use_signature_expiration: Seconds that the URL holds. Default: as long as the sandbox.
    ///
    /// Raises:
    ///     InvalidArgumentException: The sandbox asks for no token, so that nothing is signed.
    #[pyo3(signature = (path, user = None, use_signature_expiration = None))]
    fn download_url(
        &sandbox, path: Path, user: Option<User>,
        use_signature_expiration: Option<UseSignatureExpiration>,
    ) -> PyResult<String> {
        let options = options(user, use_signature_expiration);
        sandbox.download_url(&String::from(path), options).map_err(error::raise)
    }
}

fn options(user: Option<User>, expiration: Option<UseSignatureExpiration>) -> UrlOptions {
    UrlOptions {
        user: user.map(Into::into),
        expiration: expiration.map(Into::into),
    }
}
