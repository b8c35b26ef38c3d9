//! Letters of merchants and manufacturers.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Tells a person that they now act for a merchant or manufacturer.
pub static STAFF_ADDED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您现在可以代表 {{ firm }} 办事",
        paragraphs: &[
            "您好，{{ name }}：",
            "您已被加入 {{ firm }} 的工作人员名单，可以代表它办理事务。",
            "如有疑问，请联系 {{ firm }} 的其他工作人员。",
        ],
        button: None,
    },
    en: Wording {
        subject: "You now act for {{ firm }}",
        paragraphs: &[
            "Hello {{ name }},",
            "you were added to the staff of {{ firm }} and may act for it from now on.",
            "If this surprises you, ask the other people of {{ firm }}.",
        ],
        button: None,
    },
};
