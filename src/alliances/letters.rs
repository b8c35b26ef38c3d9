//! Letters of alliances.

use crate::kernel::locale::Locale;
use crate::kernel::role::Role;
use crate::mail::LetterText;
use crate::mail::Wording;

/// Tells organizers that a merchant wants to join.
pub static APPLIED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 申请加入 {{ alliance }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 申请加入 {{ alliance }}，请您批准或拒绝。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} asks to join {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} asks to join {{ alliance }}. Please approve or decline.",
        ],
        button: None,
    },
};

/// Tells the people of a merchant that an alliance asks it to join.
pub static MEMBERSHIP_INVITED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 邀请 {{ merchant }} 加入",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ alliance }} 邀请 {{ merchant }} 加入，请在 14 天内接受或拒绝。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }} invites {{ merchant }} to join",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ alliance }} invites {{ merchant }} to join. Please accept or decline within 14 days.",
        ],
        button: None,
    },
};

/// A new member.
pub static MEMBERSHIP_APPROVED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 已加入 {{ alliance }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 现在是 {{ alliance }} 的成员。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} has joined {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} is a member of {{ alliance }} now.",
        ],
        button: None,
    },
};

/// Both sides agreed, and the members may object.
pub static ADMISSION_ANNOUNCED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 拟加入 {{ alliance }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 拟加入 {{ alliance }}。成员可在 {{ until }}（{{ time_zone }}）之前提出异议并说明理由；无人异议的，届时自动成为成员。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} is to join {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} is to join {{ alliance }}. Until {{ until }} ({{ time_zone }}) every member may object, with reasons; where nobody does, it is a member from then on.",
        ],
        button: None,
    },
};

/// Tells organizers that a member objects to an admission.
pub static ADMISSION_OBJECTED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "有成员对 {{ merchant }} 加入 {{ alliance }} 提出异议",
        paragraphs: &[
            "您好，{{ name }}：",
            "有成员对 {{ merchant }} 的加入提出异议。异议期结束后，须由另一名组织者或财务作出决定。",
        ],
        button: None,
    },
    en: Wording {
        subject: "A member objects to {{ merchant }} joining {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "a member objects to the admission of {{ merchant }}. Once the time to object is over, an organizer or treasurer who did not agree to it before decides.",
        ],
        button: None,
    },
};

/// An application or invitation was turned down.
pub static MEMBERSHIP_DECLINED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 未加入 {{ alliance }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 加入 {{ alliance }} 的申请或邀请被拒绝。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} does not join {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "the application or invitation of {{ merchant }} for {{ alliance }} was turned down.",
        ],
        button: None,
    },
};

/// Rights rest.
pub static MEMBERSHIP_SUSPENDED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 在 {{ alliance }} 的成员资格已暂停",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 在 {{ alliance }} 的成员权利已暂停，义务不变。如有疑问，请联系组织者。",
        ],
        button: None,
    },
    en: Wording {
        subject: "The membership of {{ merchant }} in {{ alliance }} is suspended",
        paragraphs: &[
            "Hello {{ name }},",
            "the rights of {{ merchant }} in {{ alliance }} rest; its duties stay. Ask the organizers if this surprises you.",
        ],
        button: None,
    },
};

/// Rights return.
pub static MEMBERSHIP_REINSTATED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 在 {{ alliance }} 的成员资格已恢复",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 在 {{ alliance }} 重新享有全部成员权利。",
        ],
        button: None,
    },
    en: Wording {
        subject: "The membership of {{ merchant }} in {{ alliance }} is reinstated",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} has all its rights in {{ alliance }} again.",
        ],
        button: None,
    },
};

/// A member went by its own will.
pub static MEMBERSHIP_LEFT: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 已退出 {{ alliance }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 已退出 {{ alliance }}。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} has left {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} has left {{ alliance }}.",
        ],
        button: None,
    },
};

/// A member was removed.
pub static MEMBERSHIP_EXPELLED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ merchant }} 已被 {{ alliance }} 除名",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ merchant }} 不再是 {{ alliance }} 的成员。如有疑问，请联系组织者。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ merchant }} was expelled from {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ merchant }} is no longer a member of {{ alliance }}. Ask the organizers if this surprises you.",
        ],
        button: None,
    },
};

/// Asks a person by mail to join.
pub static INVITATION: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 邀请您加入",
        paragraphs: &[
            "您好：",
            "{{ inviter }} 邀请您以{{ role }}身份加入 {{ alliance }}。",
            "请点击下面的按钮查看并答复。链接在 14 天内有效。",
        ],
        button: Some("查看邀请"),
    },
    en: Wording {
        subject: "{{ alliance }} invites you to join",
        paragraphs: &[
            "Hello,",
            "{{ inviter }} invites you to join {{ alliance }} as {{ role }}.",
            "Look at the invitation and answer it with the button below. The link is good for 14 days.",
        ],
        button: Some("Look at the invitation"),
    },
};

/// Tells organizers that an invitation was taken.
pub static INVITATION_ACCEPTED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ invited }} 接受了 {{ alliance }} 的邀请",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ invited }} 接受了加入 {{ alliance }} 的邀请。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ invited }} accepted the invitation to {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ invited }} accepted the invitation to join {{ alliance }}.",
        ],
        button: None,
    },
};

/// Tells organizers that an invitation was turned down.
pub static INVITATION_DECLINED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ invited }} 谢绝了 {{ alliance }} 的邀请",
        paragraphs: &[
            "您好，{{ name }}：",
            "{{ invited }} 谢绝了加入 {{ alliance }} 的邀请。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ invited }} declined the invitation to {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ invited }} declined the invitation to join {{ alliance }}.",
        ],
        button: None,
    },
};

/// Tells a person that they hold a role.
pub static ROLE_GRANTED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您现在是 {{ alliance }} 的{{ role }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "您现在是 {{ alliance }} 的{{ role }}。",
        ],
        button: None,
    },
    en: Wording {
        subject: "You are {{ role }} of {{ alliance }} now",
        paragraphs: &[
            "Hello {{ name }},",
            "you are {{ role }} of {{ alliance }} now.",
        ],
        button: None,
    },
};

/// Tells a person that they hold a role no longer.
pub static ROLE_REVOKED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您不再是 {{ alliance }} 的{{ role }}",
        paragraphs: &[
            "您好，{{ name }}：",
            "您不再是 {{ alliance }} 的{{ role }}。",
        ],
        button: None,
    },
    en: Wording {
        subject: "You are no longer {{ role }} of {{ alliance }}",
        paragraphs: &[
            "Hello {{ name }},",
            "you are no longer {{ role }} of {{ alliance }}. Ask the organizers if this surprises you.",
        ],
        button: None,
    },
};

/// A role in the reader's language.
pub const fn role_word(role: Role, locale: Locale) -> &'static str {
    match role {
        Role::Organizer => locale.pick("组织者", "organizer"),
        Role::Treasurer => locale.pick("财务", "treasurer"),
        Role::Member => locale.pick("成员", "member"),
        Role::Observer => locale.pick("观察员", "observer"),
    }
}
