//! What promotions write to members. Each letter in both languages; people edit them here.

use crate::mail::LetterText;
use crate::mail::Wording;

/// The promotion that a member enrolled in was moved.
pub static RE_DATED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "活动改期：{{ promotion }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }}已报名的活动“{{ promotion }}”（{{ alliance }}）改期，新的活动日是{{ main_day }}。",
            "报名继续有效；如果新日期不合适，可以撤回报名。",
        ],
        button: None,
    },
    en: Wording {
        subject: "New date: {{ promotion }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the promotion “{{ promotion }}” of {{ alliance }}, in which {{ merchant }} enrolled, moves to {{ main_day }}.",
            "The enrolment stays; withdraw it if the new date does not suit you.",
        ],
        button: None,
    },
};

/// The promotion that a member enrolled in will not take place.
pub static CANCELLED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "活动取消：{{ promotion }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }}已报名的活动“{{ promotion }}”（{{ alliance }}，{{ main_day }}）已取消。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Cancelled: {{ promotion }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the promotion “{{ promotion }}” of {{ alliance }} on {{ main_day }}, in which {{ merchant }} enrolled, will not take place.",
        ],
        button: None,
    },
};

/// An organizer took the enrolment.
pub static APPROVED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "报名通过：{{ promotion }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }}参加活动“{{ promotion }}”（{{ alliance }}，{{ main_day }}）的报名已通过。",
        ],
        button: None,
    },
    en: Wording {
        subject: "You are in: {{ promotion }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} takes part in “{{ promotion }}” of {{ alliance }} on {{ main_day }}.",
        ],
        button: None,
    },
};

/// An organizer turned the enrolment down.
pub static REJECTED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "报名未通过：{{ promotion }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }}参加活动“{{ promotion }}”（{{ alliance }}，{{ main_day }}）的报名未通过。如有疑问，请联系组织者。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Not this time: {{ promotion }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} was not admitted to “{{ promotion }}” of {{ alliance }} on {{ main_day }}. The organizers will tell you why.",
        ],
        button: None,
    },
};

/// The price log of a member says that a discount is none any more, now that the sale has begun.
pub static DISCOUNT_UNREAL: LetterText = LetterText {
    zh_cn: Wording {
        subject: "请核对价格：{{ promotion }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "活动“{{ promotion }}”（{{ alliance }}）已开始。按照{{ merchant }}自己的价格记录，以下商品的活动价已不低于此前的价格，或者折扣达不到活动要求：{{ products }}。",
            "请{{ merchant }}立即调低价格，或者停止以折扣宣传这些商品。报名中保存了当时的价格证明。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Check the prices: {{ promotion }}",
        paragraphs: &[
            "Hello {{ name }},",
            "“{{ promotion }}” of {{ alliance }} has begun. By the price log of {{ merchant }} itself the discount of these products is not real any more, or smaller than the promotion asks: {{ products }}.",
            "{{ merchant }} has to lower their prices, or to stop advertising them as reduced, at once. The enrolment keeps the proof.",
        ],
        button: None,
    },
};
