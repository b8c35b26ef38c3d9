//! Letters of ballots.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Asks a member for its vote.
pub static ASK: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：请表决——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ alliance }} 请 {{ merchant }} 就以下事项表决：{{ title }}",
            "{{ explanation }}",
            "表决截止时间：{{ closes_at }}。下面的链接只属于您，请勿转发。",
        ],
        button: Some("查看并表决"),
    },
    en: Wording {
        subject: "{{ alliance }}: please vote on {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ alliance }} asks {{ merchant }} to vote on: {{ title }}",
            "{{ explanation }}",
            "The ballot closes at {{ closes_at }}. The link below is yours alone; do not pass it on.",
        ],
        button: Some("See the question and vote"),
    },
};

/// Tells the result.
pub static RESULT: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ title }}——{{ result }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "表决“{{ title }}”已经结束，结果：{{ result }}。",
            "赞成 {{ for_head }} 票（权重 {{ for_weight }}），反对 {{ against_head }} 票（权重 {{ against_weight }}），弃权 {{ abstain_head }} 票；有表决权的成员 {{ eligible_head }} 名（权重 {{ eligible_weight }}）。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ title }} - {{ result }}",
        paragraphs: &[
            "Hello {{ name }},",
            "The ballot on \"{{ title }}\" is over. Result: {{ result }}.",
            "For: {{ for_head }} (weight {{ for_weight }}); against: {{ against_head }} (weight {{ against_weight }}); abstained: {{ abstain_head }}. Members with a vote: {{ eligible_head }} (weight {{ eligible_weight }}).",
        ],
        button: None,
    },
};
