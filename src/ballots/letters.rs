//! Letters of ballots.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Announces a question before its vote.
pub static NOTICE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：表决通知——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ alliance }} 将就以下事项进行表决：{{ title }}",
            "{{ explanation }}",
            "表决时间：{{ opens_at }} 至 {{ closes_at }}。与本事项有利害关系的成员请在表决开始前申报。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: notice of a ballot on {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ alliance }} will vote on: {{ title }}",
            "{{ explanation }}",
            "The ballot opens at {{ opens_at }} and closes at {{ closes_at }}. Members with an interest of their own declare it before it opens.",
        ],
        button: None,
    },
};

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

/// Reminds a member that has not voted.
pub static REMIND: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：表决即将截止——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 尚未就以下事项表决：{{ title }}",
            "表决截止时间：{{ closes_at }}。不表决不等于同意，也不等于反对，但可能导致参加人数不足。下面的链接只属于您，请勿转发。",
        ],
        button: Some("查看并表决"),
    },
    en: Wording {
        subject: "{{ alliance }}: the ballot on {{ title }} closes soon",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} has not voted yet on: {{ title }}",
            "The ballot closes at {{ closes_at }}. A missing vote is neither for nor against, but too few votes decide nothing. The link below is yours alone; do not pass it on.",
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
            "{{ figures }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ title }} - {{ result }}",
        paragraphs: &[
            "Hello {{ name }},",
            "The ballot on \"{{ title }}\" is over. Result: {{ result }}.",
            "{{ figures }}",
        ],
        button: None,
    },
};

/// Tells what happened to a ballot.
pub static NEWS: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ title }}——{{ news }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "关于表决“{{ title }}”：{{ news }}。",
            "{{ detail }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ title }} - {{ news }}",
        paragraphs: &[
            "Hello {{ name }},",
            "About the ballot on \"{{ title }}\": {{ news }}.",
            "{{ detail }}",
        ],
        button: None,
    },
};

/// Tells a member that another one appointed it.
pub static PROXY: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：您受托代为表决——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ principal }} 委托 {{ merchant }} 代为表决：{{ title }}",
            "表决截止时间：{{ closes_at }}。委托不得转让；委托人亲自表决的，以其本人的表决为准。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: you hold a proxy for {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ principal }} appointed {{ merchant }} to vote for it on: {{ title }}",
            "The ballot closes at {{ closes_at }}. A proxy is not passed on, and a vote that {{ principal }} casts itself counts instead of yours.",
        ],
        button: None,
    },
};

/// Tells a holder that the principal votes without it.
pub static PROXY_REVOKED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：委托已终止——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ other }} 对 {{ merchant }} 的委托已终止：{{ title }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: a proxy for {{ title }} has ended",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} no longer holds the proxy of {{ other }} on: {{ title }}",
        ],
        button: None,
    },
};

/// Tells a principal that the member it appointed is gone.
pub static PROXY_LOST: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：受托人已退出——{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "受托人 {{ other }} 已不是成员，不再代 {{ merchant }} 表决：{{ title }}",
            "表决截止时间：{{ closes_at }}。请亲自表决，或在期限内另行委托。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: your proxy for {{ title }} is gone",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ other }} is no member any more and does not vote for {{ merchant }} on: {{ title }}",
            "The ballot closes at {{ closes_at }}. Vote yourself, or appoint somebody else in time.",
        ],
        button: None,
    },
};
