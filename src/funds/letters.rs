//! Letters about money.

use crate::mail::LetterText;
use crate::mail::Wording;

/// A levy notice, with everything that it is made of.
pub static NOTICE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 缴费通知 {{ number }}：{{ amount }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 应向“{{ fund }}”缴纳 {{ amount }} {{ currency }}，请于 {{ due_on }} 前付清。",
            "收款方：{{ custodian }}\n付款附言：{{ number }}",
            "计算方法：政策“{{ policy }}”第 {{ policy_version }} 版，总预算 {{ budget }} {{ currency }}\n指标：{{ measure }}，基准日 {{ snapshot_date }}\n采用规模：{{ size }}（{{ size_status }}，记录 {{ size_fact }}）\n精确份额：{{ exact }}，取整差额：{{ rounding }}",
            "授权决定：{{ decision }}",
            "如有异议，请在到期日前联系财务负责人，并注明通知编号：{{ treasurers }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} for {{ amount }} {{ currency }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} owes {{ amount }} {{ currency }} to the fund {{ fund }}, due on {{ due_on }}.",
            "Pay to: {{ custodian }}\nReference: {{ number }}",
            "How it is computed: policy {{ policy }}, version {{ policy_version }}, of a budget of {{ budget }} {{ currency }}\nMeasure: {{ measure }} on {{ snapshot_date }}\nSize used: {{ size }} ({{ size_status }}, fact {{ size_fact }})\nExact share: {{ exact }}, rounding: {{ rounding }}",
            "Decided by: {{ decision }}",
            "To dispute it, write to the treasurer before the due date and name the number of this notice: {{ treasurers }}",
        ],
        button: None,
    },
};

/// A fund is closed: what came back.
pub static CLOSED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ code }} 已结算，退款 {{ refund }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "“{{ fund }}”已结算。{{ merchant }} 共缴纳 {{ paid }} {{ currency }}，其中 {{ bought }} 已用于支出，退还 {{ refund }}。",
            "基金共收款 {{ collected }}，共支出 {{ spent }}，未用余额 {{ unspent }} 按实缴金额退还。每个账户的余额均为零，明细可在账本中查阅。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ code }} is closed, your refund is {{ refund }} {{ currency }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the fund {{ fund }} is closed. {{ merchant }} paid {{ paid }} {{ currency }}; {{ bought }} of it was spent, and {{ refund }} comes back.",
            "Together the members paid {{ collected }}, the fund spent {{ spent }}, and the unspent {{ unspent }} goes back by what each paid. Every account reads zero; the ledger shows each posting.",
        ],
        button: None,
    },
};
