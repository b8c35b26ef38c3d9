//! Letters about what comes back when a fund closes.

use crate::mail::LetterText;
use crate::mail::Wording;

/// A fund is closing: the member may take its refund in cash, or keep it as credit.
pub static CHOOSE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 退款 {{ due }} {{ currency }}，请选择",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”已停止收支，未用余额为 {{ unspent }} {{ currency }}。{{ merchant }} 实缴 {{ paid }}，应得 {{ share }}，其中 {{ offset }} 抵扣欠费，另有余额 {{ credit }}，合计 {{ due }} {{ currency }}。",
            "请在 {{ choose_by }} 前选择：退回现金，或转入“{{ target }}”作为余额。逾期未选择的，退回现金。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ due }} {{ currency }} of {{ code }} come back, please choose",
        paragraphs: &[
            "Hello {{ name }},",
            "the fund {{ fund }} takes in and spends nothing more, and {{ unspent }} {{ currency }} of it is unspent. {{ merchant }} paid {{ paid }}; its share is {{ share }}, of which {{ offset }} is set off against what it owed, and {{ credit }} of credit is added: together {{ due }} {{ currency }}.",
            "Please choose until {{ choose_by }}: cash, or credit in {{ target }}. Without a choice it is paid in cash.",
        ],
        button: None,
    },
};

/// A fund is closing: the member gets its refund in cash.
pub static DUE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 退款 {{ due }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”已停止收支，未用余额为 {{ unspent }} {{ currency }}。{{ merchant }} 实缴 {{ paid }}，应得 {{ share }}，其中 {{ offset }} 抵扣欠费，另有余额 {{ credit }}，合计 {{ due }} {{ currency }}。",
            "款项将以现金退回。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ due }} {{ currency }} of {{ code }} come back",
        paragraphs: &[
            "Hello {{ name }},",
            "the fund {{ fund }} takes in and spends nothing more, and {{ unspent }} {{ currency }} of it is unspent. {{ merchant }} paid {{ paid }}; its share is {{ share }}, of which {{ offset }} is set off against what it owed, and {{ credit }} of credit is added: together {{ due }} {{ currency }}.",
            "It will be paid in cash.",
        ],
        button: None,
    },
};

/// A fund is closing: the refund is below the limit and stays as credit.
pub static CARRIED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 余额 {{ due }} {{ currency }} 转入“{{ target }}”",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”已停止收支，未用余额为 {{ unspent }} {{ currency }}。{{ merchant }} 实缴 {{ paid }}，应得 {{ share }}，其中 {{ offset }} 抵扣欠费，另有余额 {{ credit }}，合计 {{ due }} {{ currency }}。",
            "该金额低于退款下限，将转入“{{ target }}”作为您的余额。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ due }} {{ currency }} of {{ code }} stay as credit",
        paragraphs: &[
            "Hello {{ name }},",
            "the fund {{ fund }} takes in and spends nothing more, and {{ unspent }} {{ currency }} of it is unspent. {{ merchant }} paid {{ paid }}; its share is {{ share }}, of which {{ offset }} is set off against what it owed, and {{ credit }} of credit is added: together {{ due }} {{ currency }}.",
            "This is below the limit for payments; it stays as your credit in {{ target }}.",
        ],
        button: None,
    },
};

/// A refund was paid.
pub static REFUNDED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 退款 {{ due }} {{ currency }} 已支付",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”应退 {{ merchant }} 的 {{ due }} {{ currency }} 已支付。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: your refund of {{ due }} {{ currency }} was paid",
        paragraphs: &[
            "Hello {{ name }},",
            "the refund of {{ due }} {{ currency }} from {{ fund }} to {{ merchant }} was paid.",
        ],
        button: None,
    },
};

/// A refund became credit in another fund.
pub static ROLLED_OVER: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 退款 {{ due }} {{ currency }} 已转入“{{ target }}”",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”应退 {{ merchant }} 的 {{ due }} {{ currency }} 已转入“{{ target }}”，作为您的余额，可抵缴今后的会费。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ due }} {{ currency }} of {{ code }} are your credit in {{ target }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the refund of {{ due }} {{ currency }} from {{ fund }} to {{ merchant }} is now your credit in {{ target }} and pays what will be due there.",
        ],
        button: None,
    },
};

/// A refund that nobody took is kept as credit in another fund.
pub static UNCLAIMED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 退款 {{ due }} {{ currency }} 未能支付",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”应退 {{ merchant }} 的 {{ due }} {{ currency }} 未能支付，现由“{{ target }}”代为保管，作为您的余额。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: your refund of {{ due }} {{ currency }} could not be paid",
        paragraphs: &[
            "Hello {{ name }},",
            "the refund of {{ due }} {{ currency }} from {{ fund }} to {{ merchant }} could not be paid. {{ target }} keeps it as your credit.",
        ],
        button: None,
    },
};
