//! The key file: the key-encryption key and the link key, outside the database, mode 0600.
//!
//! Whoever has the database or a backup without this file reads no sealed quote, signs no token and
//! forges no link. Whoever controls the running process has both: that is not protected against.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use anyhow::bail;
use aws_lc_rs::aead::AES_256_GCM;
use aws_lc_rs::aead::Aad;
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::aead::NONCE_LEN;
use aws_lc_rs::aead::Nonce;
use aws_lc_rs::aead::UnboundKey;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;

use crate::platform::random::Random;

/// The two root keys of an installation. Has no `Debug` that shows them.
#[derive(Clone)]
pub struct Keys {
    encryption: [u8; 32],
    link: [u8; 32],
    link_id: u8,
    /// Link keys of before, newest first: links and addresses in mails outlive a change of the key.
    old_links: Vec<(u8, [u8; 32])>,
    random: Random,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    version: u32,
    key_encryption_key: String,
    link_key: String,
    /// Number of the link key; 1 where absent.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    link_key_id: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    old_link_keys: Vec<OldKey>,
}

/// A link key of before.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OldKey {
    id: u8,
    key: String,
}

const fn first() -> u8 {
    1
}

// serde passes a reference.
const fn is_first(id: &u8) -> bool {
    *id == first()
}

impl Keys {
    /// Reads the key file, or makes it where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, is readable by others, or holds no keys.
    pub fn open(path: &Path, random: &Random) -> anyhow::Result<Self> {
        if !path.exists() {
            create(path, random)?;
        }
        refuse_shared(path)?;
        let text = fs::read_to_string(path).context("the key file cannot be read")?;
        let file: KeyFile = serde_json::from_str(&text).context("the key file is damaged")?;
        let key = |text: &str| -> anyhow::Result<[u8; 32]> {
            STANDARD
                .decode(text)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .context("the key file holds a key of the wrong length")
        };
        Ok(Self {
            encryption: key(&file.key_encryption_key)?,
            link: key(&file.link_key)?,
            link_id: file.link_key_id,
            old_links: file
                .old_link_keys
                .iter()
                .map(|old| Ok((old.id, key(&old.key)?)))
                .collect::<anyhow::Result<_>>()?,
            random: random.clone(),
        })
    }

    /// Encrypts under the key-encryption key; `context` must be the same when opening.
    ///
    /// # Errors
    /// When the cipher or the randomness fails.
    pub fn wrap(&self, context: &str, secret: &[u8]) -> anyhow::Result<Vec<u8>> {
        seal(&self.encryption, context, secret, &self.random)
    }

    /// Opens what [`Keys::wrap`] closed.
    ///
    /// # Errors
    /// When the text was changed, or belongs to another key or context.
    pub fn unwrap(&self, context: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        open(&self.encryption, context, sealed)
    }

    /// HMAC-SHA-256 under the link key; `purpose` keeps different uses apart.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        mac(&self.link, purpose, data)
    }

    /// Number of the link key: what lives longer than the key says under which one it was signed.
    pub fn link_key_id(&self) -> u8 {
        self.link_id
    }

    /// As [`Keys::mac`], under the link key of a number. `None`: there is no such key any more.
    pub fn mac_under(&self, id: u8, purpose: &str, data: &[u8]) -> Option<[u8; 32]> {
        if id == self.link_id {
            return Some(self.mac(purpose, data));
        }
        let old = self.old_links.iter().find(|(old, _)| *old == id);
        old.map(|(_, key)| mac(key, purpose, data))
    }

    /// As [`Keys::mac`], under every link key, the present one first: for what does not say its key.
    pub fn macs(&self, purpose: &str, data: &[u8]) -> Vec<[u8; 32]> {
        let mut macs = vec![self.mac(purpose, data)];
        macs.extend(
            self.old_links
                .iter()
                .map(|(_, key)| mac(key, purpose, data)),
        );
        macs
    }
}

fn mac(key: &[u8; 32], purpose: &str, data: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(data);
    let mut tag = [0; 32];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

/// AES-256-GCM with a random nonce in front; `context` is authenticated, not stored.
///
/// # Errors
/// When the cipher or the randomness fails.
pub fn seal(
    key: &[u8; 32],
    context: &str,
    secret: &[u8],
    random: &Random,
) -> anyhow::Result<Vec<u8>> {
    let nonce = random.bytes::<NONCE_LEN>()?;
    let mut sealed = nonce.to_vec();
    let mut body = secret.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.as_bytes()),
            &mut body,
        )
        .map_err(|_| anyhow::anyhow!("encryption failed"))?;
    sealed.append(&mut body);
    Ok(sealed)
}

/// Opens what [`seal`] closed.
///
/// # Errors
/// When the text was changed, or belongs to another key or context.
pub fn open(key: &[u8; 32], context: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
    let Some((nonce, body)) = sealed.split_first_chunk::<NONCE_LEN>() else {
        bail!("sealed text is too short");
    };
    let mut body = body.to_vec();
    let plain = cipher(key)?
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(context.as_bytes()),
            &mut body,
        )
        .map_err(|_| anyhow::anyhow!("sealed text does not open with this key"))?;
    Ok(plain.to_vec())
}

fn cipher(key: &[u8; 32]) -> anyhow::Result<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| anyhow::anyhow!("the cipher refuses its key"))
}

/// Writes a new key file so that it is complete or absent, and never readable by others.
fn create(path: &Path, random: &Random) -> anyhow::Result<()> {
    let file = KeyFile {
        version: 1,
        key_encryption_key: STANDARD.encode(random.bytes::<32>()?),
        link_key: STANDARD.encode(random.bytes::<32>()?),
        link_key_id: first(),
        old_link_keys: Vec::new(),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context("the folder of the key file cannot be made")?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let partial = path.with_extension(format!("new-{}", std::process::id()));
    let mut out = options
        .open(&partial)
        .context("the key file cannot be made")?;
    out.write_all(serde_json::to_string_pretty(&file)?.as_bytes())?;
    out.sync_all()?;
    // A hard link fails where another process of the installation was first: then its keys count.
    let linked = fs::hard_link(&partial, path);
    fs::remove_file(&partial)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(error).context("the key file cannot be made")
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn refuse_shared(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .context("the key file cannot be read")?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!("the key file is readable by others; set its mode to 0600");
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_shared(_: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_opens_what_it_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.json");
        let random = Random::default();
        let keys = Keys::open(&path, &random).expect("made");
        let sealed = keys.wrap("quote:1", b"12.34").expect("sealed");
        let again = Keys::open(&path, &random).expect("read");
        assert_eq!(again.unwrap("quote:1", &sealed).expect("opens"), b"12.34");
        assert!(again.unwrap("quote:2", &sealed).is_err());
        assert!(!sealed.windows(5).any(|w| w == b"12.34"));
    }

    #[test]
    fn a_link_key_of_before_still_verifies() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.json");
        let random = Random::default();
        let before = Keys::open(&path, &random).expect("made");
        let text = fs::read_to_string(&path).expect("read");
        let mut file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file["old_link_keys"] = serde_json::json!([{ "id": 1, "key": file["link_key"] }]);
        file["link_key"] = STANDARD.encode([7; 32]).into();
        file["link_key_id"] = 2.into();
        fs::write(&path, file.to_string()).expect("written");
        let keys = Keys::open(&path, &random).expect("read");
        let old = before.mac("p", b"d");
        assert_ne!(keys.mac("p", b"d"), old);
        assert_eq!(keys.mac_under(1, "p", b"d"), Some(old));
        assert_eq!(keys.mac_under(2, "p", b"d"), Some(keys.mac("p", b"d")));
        assert_eq!(keys.mac_under(3, "p", b"d"), None);
        assert_eq!(keys.macs("p", b"d"), [keys.mac("p", b"d"), old]);
    }
}
