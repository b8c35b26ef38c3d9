//! Letters of accounts.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Proves an address.
pub static VERIFY: LetterText = LetterText {
    zh_cn: Wording {
        subject: "请确认您的邮箱地址",
        paragraphs: &[
            "您好，{{ name }}：",
            "请点击下面的按钮确认您的邮箱地址。链接在 24 小时内有效。",
            "如果您没有注册，请忽略这封邮件。",
        ],
        button: Some("确认邮箱"),
    },
    en: Wording {
        subject: "Please confirm your e-mail address",
        paragraphs: &[
            "Hello {{ name }},",
            "please confirm your e-mail address with the button below. The link is good for 24 hours.",
            "If you did not sign up, ignore this mail.",
        ],
        button: Some("Confirm address"),
    },
};

/// Somebody signed up with an address that has an account.
pub static ALREADY_REGISTERED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您已经有一个账号",
        paragraphs: &[
            "您好，{{ name }}：",
            "有人用这个邮箱地址再次注册。您已经有账号，可以直接登录；忘记密码时可以重设。",
            "如果不是您本人，请忽略这封邮件。",
        ],
        button: None,
    },
    en: Wording {
        subject: "You already have an account",
        paragraphs: &[
            "Hello {{ name }},",
            "somebody signed up with this address again. You have an account already: log in, or reset your password.",
            "If it was not you, ignore this mail.",
        ],
        button: None,
    },
};

/// Resets a password.
pub static RESET: LetterText = LetterText {
    zh_cn: Wording {
        subject: "重设您的密码",
        paragraphs: &[
            "您好，{{ name }}：",
            "请点击下面的按钮设置新密码。链接在 30 分钟内有效，只能使用一次。",
            "如果不是您本人要求的，请忽略这封邮件。",
        ],
        button: Some("设置新密码"),
    },
    en: Wording {
        subject: "Reset your password",
        paragraphs: &[
            "Hello {{ name }},",
            "set a new password with the button below. The link is good once, for 30 minutes.",
            "If you did not ask for it, ignore this mail.",
        ],
        button: Some("Set a new password"),
    },
};

/// Tells that a password was changed.
pub static PASSWORD_CHANGED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "您的密码已更改",
        paragraphs: &[
            "您好，{{ name }}：",
            "您的密码刚刚被更改，所有登录都已结束。如果不是您本人，请立即重设密码。",
        ],
        button: None,
    },
    en: Wording {
        subject: "Your password was changed",
        paragraphs: &[
            "Hello {{ name }},",
            "your password was changed just now, and every session has ended. If it was not you, reset it at once.",
        ],
        button: None,
    },
};
