//! Errors of the core as instances of the JavaScript error classes.

use std::cell::RefCell;
use std::error::Error as _;

use napi::bindgen_prelude::{FnArgs, FunctionRef, Result, ToNapiValue, Unknown};
use napi::{Env, Error, JsValue, sys};
use napi_derive::napi;
use sandspan::ErrorKind;

use crate::command_handle::CommandResult;

/// What an error is made of, beside its message.
#[napi(object, object_from_js = false)]
pub struct ErrorFields {
    /// The stable name of its kind, such as `SANDBOX_NOT_FOUND`.
    pub code: &'static str,
    /// The HTTP status of the answer, if there was one.
    pub status_code: Option<u16>,
    /// What lay beneath, in words, from the nearest cause to the last.
    pub cause: Option<String>,
    /// The result of a command that ended with another exit code than 0.
    pub result: Option<CommandResult>,
}

impl From<&sandspan::Error> for ErrorFields {
    fn from(error: &sandspan::Error) -> Self {
        let causes: Vec<_> = std::iter::successors(error.source(), |&cause| cause.source())
            .map(ToString::to_string)
            .collect();
        Self {
            code: error.kind().as_str(),
            status_code: error.status(),
            cause: (!causes.is_empty()).then(|| causes.join(": ")),
            result: error.command_result().cloned().map(CommandResult::from),
        }
    }
}

type MakeError = FunctionRef<FnArgs<(String, ErrorFields)>, Unknown<'static>>;

thread_local! {
    // A worker thread has classes of its own, so each JavaScript thread registers its function.
    static MAKE_ERROR: RefCell<Option<MakeError>> = const { RefCell::new(None) };
}

/// Registers the function that makes errors of this JavaScript thread.
#[napi]
pub fn set_error_factory(
    #[napi(ts_arg_type = "(message: string, fields: ErrorFields) => Error")] factory: MakeError,
) {
    MAKE_ERROR.set(Some(factory));
}

/// The codes of all kinds of errors that are thrown. Where a source of the caller's fails, its own
/// error is.
#[napi]
pub fn list_error_codes() -> Vec<&'static str> {
    let thrown = ErrorKind::ALL
        .iter()
        .filter(|&&kind| kind != ErrorKind::Source);
    thrown.map(|kind| kind.as_str()).collect()
}

/// A result whose error is thrown as what the registered function makes of it.
pub struct JsResult<T>(sandspan::Result<T>);

impl<T> From<sandspan::Result<T>> for JsResult<T> {
    fn from(result: sandspan::Result<T>) -> Self {
        Self(result)
    }
}

#[expect(
    unsafe_code,
    reason = "the trait that makes JavaScript values is unsafe"
)]
impl<T: ToNapiValue> ToNapiValue for JsResult<T> {
    unsafe fn to_napi_value(env: sys::napi_env, result: Self) -> Result<sys::napi_value> {
        match result.0 {
            // SAFETY: the caller passes a valid environment.
            Ok(value) => unsafe { T::to_napi_value(env, value) },
            Err(error) => Err(instance(Env::from_raw(env), &error)?.into()),
        }
    }
}

/// An error as a value, which is what the registered function makes of it.
pub struct PackageError(pub(crate) sandspan::Error);

#[expect(
    unsafe_code,
    reason = "the trait that makes JavaScript values is unsafe"
)]
impl ToNapiValue for PackageError {
    unsafe fn to_napi_value(env: sys::napi_env, error: Self) -> Result<sys::napi_value> {
        Ok(instance(Env::from_raw(env), &error.0)?.raw())
    }
}

/// What the registered function makes of an error; without one, the error itself is thrown.
fn instance(env: Env, error: &sandspan::Error) -> Result<Unknown<'static>> {
    MAKE_ERROR.with_borrow(|factory| {
        let Some(factory) = factory else {
            return Err(Error::from_reason(error.to_string()));
        };
        let arguments = (error.to_string(), ErrorFields::from(error));
        factory.borrow_back(&env)?.call(arguments.into())
    })
}
