//! Reports as relays write them, complaints, answers, and noise.

use proptest::prelude::*;

use super::*;

const EXPIRED: &[u8] = include_bytes!("../../../../tests/fixtures/dsn/postfix-5.eml");
const REFUSED: &[u8] = include_bytes!("../../../../tests/fixtures/dsn/postfix-2.eml");

#[test]
fn a_report_of_a_relay_is_read_whole() {
    let report = read(EXPIRED);
    assert_eq!(report.form, Form::DeliveryReport);
    assert_eq!(report.sent_to[0], "b+v1.2.tok2@bounces.alliance.example");
    assert_eq!(report.envelope_id.as_deref(), Some("camp7.r2"));
    assert_eq!(
        report.message_id.as_deref(),
        Some("<camp7.r2.k9f@alliance.example>")
    );
    let fate = &report.recipients[0];
    assert_eq!(
        (fate.action.as_str(), fate.status.as_str()),
        ("failed", "4.1.1")
    );
    assert_eq!(
        fate.addresses,
        ["c450.u2@dst.example", "c450.u2@dst.example"]
    );
    assert_eq!(
        fate.diagnostic,
        "smtp; 450 4.1.1 fault asked for, attempt 6"
    );
    let report = read(REFUSED);
    assert_eq!(report.recipients[0].status, "5.6.0");
    let with_returns = String::from_utf8_lossy(EXPIRED).replace('\n', "\r\n");
    assert_eq!(read(with_returns.as_bytes()).recipients[0].status, "4.1.1");
}

#[test]
fn an_automatic_answer_is_no_report() {
    let vacation = "From: mei@dst.example\r\nTo: b+1x@bounces.example\r\nAuto-Submitted: auto-replied\r\n\
                    Content-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    let report = read(vacation.as_bytes());
    assert_eq!(report.form, Form::Other);
    assert_eq!(report.recipients, []);
}

#[test]
fn a_complaint_names_what_it_is_about() {
    let feedback = "From: <fbl@provider.example>\r\nTo: <abuse@guild.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=feedback-report; boundary=\"x\"\r\n\r\n\
        --x\r\nContent-Type: text/plain\r\n\r\nUnwanted.\r\n\
        --x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: P/1\r\n\
        Original-Mail-From: <b+1abc@bounces.example>\r\nOriginal-Rcpt-To: <mei@dst.example>\r\n\
        --x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <d1.2@guild.example>\r\nSubject: x\r\n\r\nx\r\n--x--\r\n";
    let report = read(feedback.as_bytes());
    assert_eq!(report.form, Form::Complaint);
    assert_eq!(
        report.sent_to,
        ["abuse@guild.example", "b+1abc@bounces.example"]
    );
    assert_eq!(report.message_id.as_deref(), Some("<d1.2@guild.example>"));
    assert_eq!(report.recipients[0].addresses, ["mei@dst.example"]);
    let praise = feedback.replace("Feedback-Type: abuse", "Feedback-Type: not-spam");
    assert_eq!(read(praise.as_bytes()).form, Form::Other);
}

#[test]
fn nesting_and_numbers_have_their_limits() {
    let mut deep = "Status: 5.1.1\r\n".to_owned();
    for level in 0..40 {
        deep = format!(
            "Content-Type: multipart/report; boundary=b{level}\r\n\r\n--b{level}\r\n{deep}\r\n--b{level}--\r\n"
        );
    }
    assert_eq!(read(deep.as_bytes()).recipients, []);
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(30_000);
    assert_eq!(read(nested.as_bytes()).form, Form::Other);
    let mut wide = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n".to_owned();
    wide.push_str(&"Action: failed\r\nStatus: 5.1.1\r\n\r\n".repeat(10_000));
    assert!(read(wide.as_bytes()).recipients.len() <= RECIPIENTS + 1);
}

/// A fixture with some bytes changed, which gets further than noise does.
fn scratched() -> impl Strategy<Value = Vec<u8>> {
    let scratches = prop::collection::vec((0..EXPIRED.len(), any::<u8>()), 0..40);
    (scratches, 0..EXPIRED.len()).prop_map(|(scratches, end)| {
        let mut bytes = EXPIRED.to_vec();
        for (at, byte) in scratches {
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - end / 4);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let report = read(&bytes);
        prop_assert!(report.recipients.len() <= RECIPIENTS + 1);
    }

    #[test]
    fn no_scratch_breaks_the_reader(bytes in scratched()) {
        let report = read(&bytes);
        for fate in &report.recipients {
            prop_assert!(fate.diagnostic.chars().count() <= FIELD_CHARS);
            prop_assert!(!fate.status.chars().any(char::is_control));
        }
    }
}
