//! Keys and tokens.

use rand::RngExt as _;

/// A secret of 160 bits, as hexadecimal digits.
pub(crate) fn random() -> String {
    let bytes: [u8; 20] = rand::rng().random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
