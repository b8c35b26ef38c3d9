//! Signatures of our own (RFC 6376), where the operator wants them: rsa-sha256, relaxed/relaxed, over the bytes
//! that leave. By default the relay signs.
//!
//! The mail library's own signing is not used: it signs a `Content-Type` that is not in its header list, and
//! leaves out the headers that refuse mail, which RFC 8058 wants covered.

use std::sync::Arc;
use std::sync::OnceLock;

use anyhow::Context;
use anyhow::bail;
use aws_lc_rs::digest::SHA256;
use aws_lc_rs::digest::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::mail::domain::canon;
use crate::platform::config::DkimSettings;
use crate::platform::ctx::Ctx;

/// Headers that are signed where they are there, once for each time that they are there.
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "reply-to",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
    "auto-submitted",
    "content-language",
];
/// Smallest key that receivers accept without doubt, in bytes.
const LEAST_MODULUS: usize = 256;
/// Characters of a line of the signature.
const LINE: usize = 72;

/// Who signs.
pub struct Signer {
    domain: String,
    selector: String,
    key: RsaKeyPair,
    random: SystemRandom,
}

/// Where a process keeps its signer.
#[derive(Default)]
struct Desk(OnceLock<Option<Arc<Signer>>>);

/// Reads the key, so that a wrong one stops the start and not the first mail.
///
/// # Errors
/// When the file cannot be read or holds no RSA key of at least 2048 bits.
pub fn prepare(ctx: &Ctx) -> anyhow::Result<()> {
    let signer = match &ctx.settings.mail.dkim {
        Some(settings) => Some(Arc::new(Signer::open(settings)?)),
        None => None,
    };
    // The first one stands.
    let _ = ctx.shared::<Desk>().0.set(signer);
    Ok(())
}

/// The message, signed where the settings ask for it. `at_s` is when it was tried first, in seconds since
/// 1970: a copy is signed equally.
///
/// # Errors
/// When the key fails.
pub async fn signed(ctx: &Ctx, bytes: Vec<u8>, at_s: i64) -> anyhow::Result<Vec<u8>> {
    let desk = ctx.shared::<Desk>();
    let Some(signer) = desk.0.get().cloned().flatten() else {
        return Ok(bytes);
    };
    // A signature takes a millisecond of a core; the senders of a pass share one thread.
    tokio::task::spawn_blocking(move || signer.sign(&bytes, at_s)).await?
}

impl Signer {
    fn open(settings: &DkimSettings) -> anyhow::Result<Self> {
        let path = settings.key_file.display();
        let text = std::fs::read_to_string(&settings.key_file)
            .with_context(|| format!("GUILDHALL_MAIL_DKIM_KEY: {path} cannot be read"))?;
        let key = key_of(&text)
            .with_context(|| format!("GUILDHALL_MAIL_DKIM_KEY: {path} holds no RSA key in PEM"))?;
        if key.public_modulus_len() < LEAST_MODULUS {
            bail!("GUILDHALL_MAIL_DKIM_KEY: the key has less than 2048 bits");
        }
        Ok(Self {
            domain: settings.domain.clone(),
            selector: settings.selector.clone(),
            key,
            random: SystemRandom::new(),
        })
    }

    /// The message with its signature on top.
    ///
    /// # Errors
    /// When the key fails.
    pub fn sign(&self, message: &[u8], at_s: i64) -> anyhow::Result<Vec<u8>> {
        let (headers, body) = canon::split(message);
        let body_hash = STANDARD.encode(digest(&SHA256, &canon::body(body)));
        let present = canon::fields(headers);
        let mut names: Vec<&str> = Vec::new();
        let mut input = Vec::new();
        for name in SIGNED {
            // From the last one upwards, as verifiers walk.
            for field in present.iter().rev().filter(|field| field.is(name)) {
                names.push(name);
                input.extend(field.relaxed());
                input.extend_from_slice(b"\r\n");
            }
        }
        // One `From` more than there is: none can be added.
        names.push("from");
        let head = format!(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={};\r\n\ts={}; t={at_s};\r\n\th={};\r\n\tbh={body_hash};\r\n\tb=",
            self.domain,
            self.selector,
            folded(&names),
        );
        for field in canon::fields(head.as_bytes()) {
            input.extend(field.relaxed());
        }
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &self.random, &input, &mut signature)
            .map_err(|_| anyhow::anyhow!("the key of the signature fails"))?;
        let mut signed = head.into_bytes();
        for (n, chunk) in STANDARD
            .encode(signature)
            .as_bytes()
            .chunks(LINE)
            .enumerate()
        {
            if n > 0 {
                signed.extend_from_slice(b"\r\n\t ");
            }
            signed.extend_from_slice(chunk);
        }
        signed.extend_from_slice(b"\r\n");
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

/// Names with colons, on lines of their own length.
fn folded(names: &[&str]) -> String {
    let mut text = String::new();
    let mut width = 2;
    for (n, name) in names.iter().enumerate() {
        if n > 0 {
            text.push(':');
        }
        if width + name.len() >= LINE {
            text.push_str("\r\n\t ");
            width = 0;
        }
        width += name.len() + 1;
        text.push_str(name);
    }
    text
}

/// The key of a PEM text: PKCS #8, or PKCS #1 as older tools write it.
fn key_of(pem: &str) -> Option<RsaKeyPair> {
    let body = |label: &str| {
        let (begin, end) = (
            format!("-----BEGIN {label}-----"),
            format!("-----END {label}-----"),
        );
        let (_, rest) = pem.split_once(&begin)?;
        let (text, _) = rest.split_once(&end)?;
        let text: String = text.split_whitespace().collect();
        STANDARD.decode(text).ok()
    };
    if let Some(der) = body("PRIVATE KEY") {
        return RsaKeyPair::from_pkcs8(&der).ok();
    }
    RsaKeyPair::from_der(&body("RSA PRIVATE KEY")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::encoding::Pkcs8V1Der;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::KeyPair;
    use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
    use aws_lc_rs::signature::UnparsedPublicKey;

    const MESSAGE: &[u8] = b"From: =?utf-8?b?5Y2P5Lya?= <post@guild.example>\r\nTo: mei@shops.example\r\nSubject:  A   subject\r\n\tfolded \r\nContent-Type: text/plain\r\nList-Unsubscribe: <https://g.example/u/x>\r\n\r\nOne  line \r\n\r\ntwo\r\n\r\n\r\n";

    fn signer() -> (Signer, RsaKeyPair) {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).expect("DER");
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dkim.pem");
        std::fs::write(&path, pem).expect("written");
        let settings = DkimSettings {
            domain: "guild.example".to_owned(),
            selector: "s1".to_owned(),
            key_file: path,
        };
        (Signer::open(&settings).expect("opened"), key)
    }

    #[test]
    fn a_signature_covers_what_leaves_and_names_it() {
        let (signer, key) = signer();
        let signed = signer.sign(MESSAGE, 1_700_000_000).expect("signed");
        assert_eq!(
            signed,
            signer.sign(MESSAGE, 1_700_000_000).expect("signed"),
            "copies are equal"
        );
        let text = String::from_utf8(signed).expect("text");
        assert!(text.ends_with(std::str::from_utf8(MESSAGE).expect("text")));
        let head = &text[..text.len() - MESSAGE.len()];
        assert!(head.lines().all(|line| line.len() <= 78 + 100), "{head}");
        assert!(
            head.contains("h=from:to:subject:list-unsubscribe:from;"),
            "{head}"
        );
        assert!(!head.contains("content-type"));
        let (unsigned, signature) = head.split_once("\tb=").expect("a signature");
        let signature: String = signature.split_whitespace().collect();
        let mut input = b"from:=?utf-8?b?5Y2P5Lya?= <post@guild.example>\r\nto:mei@shops.example\r\nsubject:A subject folded\r\nlist-unsubscribe:<https://g.example/u/x>\r\n".to_vec();
        let own = unsigned
            .strip_prefix("DKIM-Signature: ")
            .expect("its name")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        input.extend(format!("dkim-signature:{own} b=").into_bytes());
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
        public
            .verify(&input, &STANDARD.decode(signature).expect("base64"))
            .expect("verifies");
        let hash = STANDARD.encode(digest(&SHA256, b"One line\r\n\r\ntwo\r\n"));
        assert!(head.contains(&format!("bh={hash};")), "{head}");
    }

    #[test]
    fn a_file_without_an_rsa_key_is_refused() {
        for text in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "x",
        ] {
            assert!(key_of(text).is_none());
        }
    }
}
