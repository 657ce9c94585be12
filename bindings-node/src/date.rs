//! Points in time as JavaScript's `Date`.

use jiff::Timestamp;
use napi::bindgen_prelude::{FromNapiValue, Result, ToNapiValue};
use napi::{check_status, sys};

/// A point in time, to the millisecond.
pub struct Date(pub(crate) Timestamp);

#[expect(
    unsafe_code,
    reason = "the trait is unsafe, and napi has no date that may cross threads"
)]
impl ToNapiValue for Date {
    unsafe fn to_napi_value(env: sys::napi_env, date: Self) -> Result<sys::napi_value> {
        #[expect(clippy::cast_precision_loss, reason = "a Date is a float too")]
        let milliseconds = date.0.as_millisecond() as f64;
        let mut value = std::ptr::null_mut();
        // SAFETY: the caller passes a valid environment, and `value` outlives the call.
        check_status!(unsafe { sys::napi_create_date(env, milliseconds, &raw mut value) })?;
        Ok(value)
    }
}

#[expect(
    unsafe_code,
    reason = "the trait is unsafe, and napi has no date that may cross threads"
)]
impl FromNapiValue for Date {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut milliseconds = 0.0;
        // SAFETY: the caller passes a valid environment and a value of it, and `milliseconds`
        // outlives the call.
        check_status!(unsafe { sys::napi_get_date_value(env, value, &raw mut milliseconds) })?;
        Ok(Self(timestamp(milliseconds)))
    }
}

/// The point in time that a `Date` stands for. Beyond the year 9999 it is the last one there is.
fn timestamp(milliseconds: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a Date counts whole milliseconds"
    )]
    let milliseconds = milliseconds as i64;
    Timestamp::from_millisecond(milliseconds).unwrap_or(if milliseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
