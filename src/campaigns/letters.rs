//! What schedules write to members. Each letter in both languages; people edit them here.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Notices that are overdue or fall due soon.
pub static REMINDER: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：有 {{ count }} 份缴费通知待付",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 有以下缴费通知尚未付清：",
            "{{ notices }}",
            "如已付款，请忽略此邮件；付款到账需要几天时间。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ count }} levy notices to pay",
        paragraphs: &[
            "Hello {{ name }},",
            "these levy notices of {{ merchant }} are not paid in full:",
            "{{ notices }}",
            "If you have paid already, forget this mail; money takes some days to arrive.",
        ],
        button: None,
    },
};

/// What comes up within some days.
pub static DIGEST: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：未来 {{ days }} 天的安排",
        paragraphs: &[
            "您好，{{ name }}：",
            "“{{ alliance }}”未来 {{ days }} 天的安排（当地时间）：",
            "{{ lines }}",
            "您的商户 {{ merchant }} 是本联盟的成员，因此收到此邮件。退订此类邮件：{{ link }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: the next {{ days }} days",
        paragraphs: &[
            "Hello {{ name }},",
            "what comes up in {{ alliance }} within {{ days }} days, in local time:",
            "{{ lines }}",
            "You get this mail because {{ merchant }} is a member. Unsubscribe from such mail: {{ link }}",
        ],
        button: None,
    },
};
