//! Randomness is handed in: secrets for tokens and keys, from the operating system.

use anyhow::anyhow;
use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::rand::SystemRandom;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A source of secrets.
#[derive(Debug, Clone, Default)]
pub struct Random(SystemRandom);

impl Random {
    /// `N` random bytes.
    ///
    /// # Errors
    /// When the operating system gives none.
    pub fn bytes<const N: usize>(&self) -> anyhow::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0
            .fill(&mut bytes)
            .map_err(|_| anyhow!("the operating system gave no randomness"))?;
        Ok(bytes)
    }

    /// A secret of 256 bits, as 43 characters of base64url.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn token(&self) -> anyhow::Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(self.bytes::<32>()?))
    }
}

/// SHA-256 of a secret: what is stored instead of it.
pub fn digest(secret: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret)
        .as_ref()
        .to_vec()
}
