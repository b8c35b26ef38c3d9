//! Letters of tenders.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Asks a manufacturer for a quote; the link opens the quote form.
pub static INVITATION: LetterText = LetterText {
    zh_cn: Wording {
        subject: "邀请报价：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ alliance }} 邀请您为“{{ title }}”报价。报价截止时间：{{ closes_at }}。开标前任何人都看不到您的价格。",
            "点击下面的按钮打开报价入口。链接只能使用一次。",
        ],
        button: Some("打开报价入口"),
    },
    en: Wording {
        subject: "Invitation to quote: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ alliance }} invites you to quote for \"{{ title }}\". Quotes are due before {{ closes_at }}. Nobody sees your prices before the opening.",
            "Open the quote form with the button below. The link is good once.",
        ],
        button: Some("Open the quote form"),
    },
};

/// The deadline moved.
pub static EXTENDED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "报价截止时间延长：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "“{{ title }}”的报价截止时间延长至 {{ closes_at }}。此前您可以提交、修改或撤回报价。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Later deadline: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "quotes for \"{{ title }}\" are now due before {{ closes_at }}. Until then you may submit, revise or withdraw.",
        ],
        button: None,
    },
};

/// The tender ends without a result.
pub static CANCELLED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "询价已取消：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "“{{ title }}”已取消，原因：{{ reason }}。未开标的报价保持密封。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Tender cancelled: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "\"{{ title }}\" was cancelled. Reason: {{ reason }}. Quotes that were sealed stay sealed.",
        ],
        button: None,
    },
};

/// The manufacturer won.
pub static WON: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您的报价中标：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "您对“{{ title }}”的报价已中标：{{ lines }}。请在 {{ accept_by }} 之前确认接受或拒绝。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Your quote was chosen: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "your quote for \"{{ title }}\" was chosen: {{ lines }}. Please accept or decline before {{ accept_by }}.",
        ],
        button: None,
    },
};

/// The manufacturer did not win.
pub static LOST: LetterText = LetterText {
    zh_cn: Wording {
        subject: "询价结果：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "感谢您对“{{ title }}”的报价。这次没有选中您的报价。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Result of the tender: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "thank you for your quote for \"{{ title }}\". It was not chosen this time.",
        ],
        button: None,
    },
};

/// The order to the manufacturer.
pub static ORDER: LetterText = LetterText {
    zh_cn: Wording {
        subject: "团购订单：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "“{{ title }}”的团购订单已下达：{{ lines }}。请确认订单。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Group order: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the group order of \"{{ title }}\" was placed: {{ lines }}. Please confirm it.",
        ],
        button: None,
    },
};

/// One member's part of the order.
pub static MEMBER_ORDER: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您的团购结果：{{ title }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "“{{ title }}”已下单。{{ merchant }} 的份额：{{ lines }}。",
            "合计 {{ total }} {{ currency }}，节省 {{ saving }} {{ currency }}。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Your part of the group order: {{ title }}",
        paragraphs: &[
            "Hello {{ name }},",
            "\"{{ title }}\" was ordered. The part of {{ merchant }}: {{ lines }}.",
            "Total {{ total }} {{ currency }}, saved {{ saving }} {{ currency }}.",
        ],
        button: None,
    },
};
