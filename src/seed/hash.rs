//! SHA-256 in hexadecimal digits.

use sha2::{Digest, Sha256};

/// The SHA-256 of these bytes.
pub fn digest(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Two digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pair = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]].map(char::from);
    bytes.iter().flat_map(pair).collect()
}
