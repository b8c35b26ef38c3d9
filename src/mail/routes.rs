//! The hook that takes messages which came back.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::post;
use actix_web::web::Payload;
use aws_lc_rs::hmac;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json;
use crate::kernel::problem::Refused;
use crate::mail::problems::HOOK_SIGNATURE_INVALID;
use crate::mail::returns;
use crate::mail::returns::Channel;
use crate::platform::ctx::Ctx;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(take_bounce);
}

/// Header with the HMAC of the body.
const SIGNATURE: &str = "guildhall-signature";

/// Take a message that came back
///
/// For the mail server of the bounce domain: the body is the raw message (RFC 5322), as it was received.
/// Delivery reports (RFC 3464) and complaints (RFC 5965) about messages of this service change their deliveries
/// and suppress addresses; anything else is kept as a trace. The same bytes may be posted again without effect.
/// Answers 202 for every message, whatever it says.
#[utoipa::path(tag = "mail", params(("Guildhall-Signature" = String, Header, max_length = 100,
        description = "`sha256=` and the HMAC-SHA-256 of the body under `GUILDHALL_MAIL_HOOK_SECRET`, in hexadecimal digits")),
    request_body(content(
        (String = "message/rfc822", example = json!("Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x--\r\n")),
        (String = "application/octet-stream", example = json!("Subject: Away\r\n\r\nI am away.\r\n"))),
        description = "The raw message, at most 1 MiB"),
    responses((status = 202, description = "Taken")))]
#[post("/hooks/bounce")]
async fn take_bounce(call: Call, request: HttpRequest, payload: Payload) -> Answer {
    let body = json::read(payload.into_inner(), returns::MOST_BYTES).await?;
    let header = request.headers().get(SIGNATURE);
    let signature = header.and_then(|value| value.to_str().ok());
    if !is_signed(&call.ctx, &body, signature) {
        let detail = "The hook is closed, or the header Guildhall-Signature does not fit the body.";
        return Err(Refused::new(&HOOK_SIGNATURE_INVALID, detail).into());
    }
    let kind = returns::take(&call.ctx, Channel::Hook, &body).await?;
    tracing::debug!(%kind, "a message came back");
    Ok(HttpResponse::Accepted().finish())
}

fn is_signed(ctx: &Ctx, body: &[u8], signature: Option<&str>) -> bool {
    let (Some(secret), Some(signature)) = (&ctx.settings.mail.hook_secret, signature) else {
        return false;
    };
    let digits = signature.trim();
    let digits = digits.strip_prefix("sha256=").unwrap_or(digits);
    let Some(tag) = from_hex(digits) else {
        return false;
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.0.as_bytes());
    hmac::verify(&key, body, &tag).is_ok()
}

fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let digits = digits.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_digits_are_thirty_two_bytes() {
        assert_eq!(from_hex(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(from_hex(&"0F".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(from_hex(wrong), None);
        }
    }
}
