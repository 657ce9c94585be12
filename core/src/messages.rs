//! The texts of errors.

/// How messages name options and methods, which differs between languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `timeout`, `set_timeout`, durations.
    Rust,
    /// `timeout`, `.set_timeout`, seconds.
    Python,
    /// `timeoutMs`, `.setTimeout`, milliseconds.
    JavaScript,
}

/// Sets how messages name options and methods. A binding does so once, when it is loaded.
pub fn set_naming(_naming: Naming) {}
