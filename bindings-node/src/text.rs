//! Text on its way to JavaScript.

use std::ffi::{c_char, c_void};
use std::sync::OnceLock;

use napi::bindgen_prelude::{Result, ToNapiValue};
use napi::{check_status, sys};

/// From this length on a text is handed over instead of copied, in bytes.
const LARGE: usize = 64 * 1024;

/// From this length on it pays to decode a text before JavaScript's thread gets it, in bytes.
const LONG: usize = 1024;

/// A text, of which JavaScript takes the memory over where it is large and plain ASCII: a command's
/// output of many megabytes then exists once.
pub struct Text(Form);

enum Form {
    Utf8(String),
    /// JavaScript takes several times as long to decode a long text as Rust does, on its one thread.
    Utf16(Vec<u16>),
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        if text.len() < LONG || text.is_ascii() {
            return Self(Form::Utf8(text));
        }
        let mut units = Vec::with_capacity(text.len());
        units.extend(text.encode_utf16());
        Self(Form::Utf16(units))
    }
}

#[expect(
    unsafe_code,
    reason = "the trait that makes JavaScript values is unsafe"
)]
impl ToNapiValue for Text {
    unsafe fn to_napi_value(env: sys::napi_env, text: Self) -> Result<sys::napi_value> {
        let text = match text.0 {
            Form::Utf8(text) => text,
            Form::Utf16(units) => return decoded(env, &units),
        };
        match hand_over() {
            Some(hand_over) if text.len() >= LARGE && text.is_ascii() => {
                handed_over(hand_over, env, text)
            }
            // SAFETY: the caller passes a valid environment.
            _ => unsafe { String::to_napi_value(env, text) },
        }
    }
}

#[expect(unsafe_code, reason = "JavaScript strings are made in C")]
fn decoded(env: sys::napi_env, units: &[u16]) -> Result<sys::napi_value> {
    let mut value = std::ptr::null_mut();
    let length = units.len().cast_signed();
    // SAFETY: the environment is valid, and the units and the result outlive the call.
    let status =
        unsafe { sys::napi_create_string_utf16(env, units.as_ptr(), length, &raw mut value) };
    check_status!(status, "the text could not be made")?;
    Ok(value)
}

/// `node_api_create_external_string_latin1`.
type HandOver = unsafe extern "C" fn(
    env: sys::napi_env,
    text: *const c_char,
    length: usize,
    free: unsafe extern "C" fn(sys::napi_env, *mut c_void, *mut c_void),
    hint: *mut c_void,
    result: *mut sys::napi_value,
    is_copied: *mut bool,
) -> sys::napi_status;

#[expect(unsafe_code, reason = "JavaScript strings are made in C")]
fn handed_over(hand_over: HandOver, env: sys::napi_env, text: String) -> Result<sys::napi_value> {
    let bytes = text.into_bytes().into_boxed_slice();
    let length = bytes.len();
    let start = Box::into_raw(bytes).cast::<u8>();
    let (mut value, mut is_copied) = (std::ptr::null_mut(), false);
    let hint = std::ptr::without_provenance_mut(length);
    // SAFETY: the environment is valid, the bytes are ASCII and live until `free` is called, and the
    // two results outlive the call.
    let status = unsafe {
        hand_over(
            env,
            start.cast(),
            length,
            free,
            hint,
            &raw mut value,
            &raw mut is_copied,
        )
    };
    if status != sys::Status::napi_ok {
        // SAFETY: what failed has taken nothing over.
        unsafe { free(env, start.cast(), hint) };
    }
    check_status!(status, "the text could not be handed to JavaScript")?;
    Ok(value)
}

/// Frees a text that was handed over, once JavaScript needs it no longer.
#[expect(unsafe_code, reason = "C calls it")]
unsafe extern "C" fn free(_env: sys::napi_env, start: *mut c_void, length: *mut c_void) {
    let bytes = std::ptr::slice_from_raw_parts_mut(start.cast::<u8>(), length.addr());
    // SAFETY: start and length are those of the box that was handed over, and this is called once.
    drop(unsafe { Box::from_raw(bytes) });
}

/// Looked up and not linked: Node has it from 20.4 on.
fn hand_over() -> Option<HandOver> {
    static FOUND: OnceLock<Option<HandOver>> = OnceLock::new();
    *FOUND.get_or_init(find)
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "looking up a function in C")]
fn find() -> Option<HandOver> {
    let name = c"node_api_create_external_string_latin1";
    // SAFETY: the name ends with a zero.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    // SAFETY: Node declares the function of this name like this.
    (!found.is_null()).then(|| unsafe { std::mem::transmute::<*mut c_void, HandOver>(found) })
}

#[cfg(not(unix))]
fn find() -> Option<HandOver> {
    None
}
