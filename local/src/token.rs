//! Keys and tokens.

use rand::RngExt as _;

/// A secret of 160 bits, as hexadecimal digits.
pub(crate) fn random() -> String {
    let (high, low): (u128, u32) = (rand::rng().random(), rand::rng().random());
    format!("{high:032x}{low:08x}")
}
