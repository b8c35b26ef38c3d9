//! Letters about money.

pub mod closing;

use crate::mail::LetterText;
use crate::mail::Wording;

/// A levy notice, with everything that it is made of.
pub static NOTICE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 缴费通知 {{ number }}：{{ amount }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 应向“{{ fund }}”缴纳 {{ amount }} {{ currency }}，请于 {{ due_on }} 前付清。",
            "收款方：{{ custodian }}\n付款附言：{{ number }}\n分期：{{ instalments }}{{ tax }}",
            "计算方法：政策“{{ policy }}”第 {{ policy_version }} 版，总预算 {{ budget }} {{ currency }}\n基准日：{{ snapshot_date }}\n采用规模：{{ sizes }}\n计算步骤：{{ steps }}\n精确份额：{{ exact }}，取整差额：{{ rounding }}",
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
            "Pay to: {{ custodian }}\nReference: {{ number }}\nParts: {{ instalments }}{{ tax }}",
            "How it is computed: policy {{ policy }}, version {{ policy_version }}, of a budget of {{ budget }} {{ currency }}\nAs of {{ snapshot_date }}\nSizes used: {{ sizes }}\nSteps: {{ steps }}\nExact share: {{ exact }}, rounding: {{ rounding }}",
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

/// A member objects to its notice: to the treasurers.
pub static DISPUTED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：缴费通知 {{ number }} 有异议",
        paragraphs: &[
            "{{ name }}，您好：",
            "会员对“{{ fund }}”的缴费通知 {{ number }} 提出异议，未付金额 {{ amount }} {{ currency }}。",
            "理由：{{ reason }}",
            "请维持该通知，或开具贷项通知单。在此之前，该通知不计逾期，也不发送提醒。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} is disputed",
        paragraphs: &[
            "Hello {{ name }},",
            "a member objects to the notice {{ number }} of the fund {{ fund }}, on which {{ amount }} {{ currency }} are due.",
            "Reason: {{ reason }}",
            "Uphold the notice, or credit it. Until then it is neither overdue nor reminded of.",
        ],
        button: None,
    },
};

/// A dispute is answered, and the notice stands.
pub static UPHELD: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：缴费通知 {{ number }} 维持不变",
        paragraphs: &[
            "{{ name }}，您好：",
            "关于 {{ merchant }} 对缴费通知 {{ number }} 的异议，联盟决定维持该通知，应缴 {{ amount }} {{ currency }}。",
            "答复：{{ answer }}",
            "收款方：{{ custodian }}\n付款附言：{{ number }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} stands",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} objected to the notice {{ number }}. The alliance upholds it; {{ amount }} {{ currency }} are due.",
            "Answer: {{ answer }}",
            "Pay to: {{ custodian }}\nReference: {{ number }}",
        ],
        button: None,
    },
};

/// A credit note.
pub static CREDITED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 贷项通知单 {{ credit_number }}：{{ amount }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 的缴费通知 {{ number }} 减少 {{ amount }} {{ currency }}，剩余应缴 {{ due }}。",
            "其中 {{ returned }} 此前已缴纳，现记入贵方的余额。",
            "原因：{{ reason }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: credit note {{ credit_number }} for {{ amount }} {{ currency }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the notice {{ number }} of {{ merchant }} is lowered by {{ amount }} {{ currency }}; {{ due }} are still due on it.",
            "{{ returned }} of that was paid already and stands in your credit now.",
            "Reason: {{ reason }}",
        ],
        button: None,
    },
};

/// A debit note, or a pledge that is due.
pub static DEBITED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 缴费通知 {{ number }}：{{ amount }} {{ currency }}",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 应向“{{ fund }}”缴纳 {{ amount }} {{ currency }}，请于 {{ due_on }} 前付清。",
            "原因：{{ reason }}",
            "收款方：{{ custodian }}\n付款附言：{{ number }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} for {{ amount }} {{ currency }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} owes {{ amount }} {{ currency }} to the fund {{ fund }}, due on {{ due_on }}.",
            "Reason: {{ reason }}",
            "Pay to: {{ custodian }}\nReference: {{ number }}",
        ],
        button: None,
    },
};

/// A debt is given up.
pub static WRITTEN_OFF: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：缴费通知 {{ number }} 的欠款已核销",
        paragraphs: &[
            "{{ name }}，您好：",
            "联盟决定核销 {{ merchant }} 在缴费通知 {{ number }} 上的欠款 {{ amount }} {{ currency }}。",
            "核销不会抹去欠款记录；在事关资金的表决中，该记录仍然有效。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: the debt on levy notice {{ number }} is written off",
        paragraphs: &[
            "Hello {{ name }},",
            "the alliance gives up {{ amount }} {{ currency }} that {{ merchant }} owes on the notice {{ number }}.",
            "This does not erase the arrears from your record, which counts in votes about money.",
        ],
        button: None,
    },
};

/// A payment came to nothing.
pub static BOUNCED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：{{ amount }} {{ currency }} 的付款被退回",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 于 {{ received_on }} 向“{{ fund }}”支付的 {{ amount }} {{ currency }} 被退回，其支付的通知重新到期。",
            "原因：{{ reason }}",
            "收款方：{{ custodian }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: a payment of {{ amount }} {{ currency }} bounced",
        paragraphs: &[
            "Hello {{ name }},",
            "the payment of {{ amount }} {{ currency }} of {{ merchant }} to the fund {{ fund }}, received on {{ received_on }}, came to nothing. What it had paid is due again.",
            "Reason: {{ reason }}",
            "Pay to: {{ custodian }}",
        ],
        button: None,
    },
};

/// A member's credit was paid out.
pub static CREDIT_PAID_OUT: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：余额 {{ amount }} {{ currency }} 已退还",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 在“{{ fund }}”的余额中的 {{ amount }} {{ currency }} 已退还。附言：{{ reference }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: {{ amount }} {{ currency }} of your credit was paid out",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ amount }} {{ currency }} of what {{ merchant }} had paid too much to the fund {{ fund }} was paid out. Reference: {{ reference }}",
        ],
        button: None,
    },
};

/// A notice falls due soon.
pub static DUE_SOON: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 提醒：缴费通知 {{ number }} 将于 {{ due_on }} 到期",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 在缴费通知 {{ number }} 上尚有 {{ due }} {{ currency }} 未缴，下一笔将于 {{ due_on }} 到期（还有 {{ days }} 天）。",
            "收款方：{{ custodian }}\n付款附言：{{ number }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} is due on {{ due_on }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ due }} {{ currency }} are open on the notice {{ number }} of {{ merchant }}; the next part is due on {{ due_on }}, in {{ days }} days.",
            "Pay to: {{ custodian }}\nReference: {{ number }}",
        ],
        button: None,
    },
};

/// A notice is overdue.
pub static OVERDUE: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 催缴：缴费通知 {{ number }} 已逾期 {{ days }} 天",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ merchant }} 在缴费通知 {{ number }} 上尚有 {{ due }} {{ currency }} 未缴，已于 {{ due_on }} 到期，逾期 {{ days }} 天。不收取滞纳利息。",
            "收款方：{{ custodian }}\n付款附言：{{ number }}",
            "长期欠款会使贵方在事关资金的表决中暂停表决权。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: levy notice {{ number }} is {{ days }} days overdue",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ due }} {{ currency }} are open on the notice {{ number }} of {{ merchant }}; a part was due on {{ due_on }}, {{ days }} days ago. No interest is charged.",
            "Pay to: {{ custodian }}\nReference: {{ number }}",
            "Arrears that last suspend your vote in matters of money.",
        ],
        button: None,
    },
};
