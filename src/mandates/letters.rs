//! Letters about the cases that this slice gates.

use crate::mail::LetterText;
use crate::mail::Wording;

/// Tells the people of a member that its expulsion is asked for, why, and when it is heard.
pub static HEARING: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：关于 {{ merchant }} 除名的听证",
        paragraphs: &[
            "{{ name }}，您好：",
            "{{ alliance }} 拟就 {{ merchant }} 的除名进行表决。理由如下：\n{{ reasons }}",
            "听证时间：{{ hearing_at }}（{{ time_zone }}）。在此之前您可以书面答复；听证结束后，由其他成员以无记名方式表决。",
            "事项编号：{{ case }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: a hearing about the expulsion of {{ merchant }}",
        paragraphs: &[
            "Hello {{ name }},",
            "{{ alliance }} is asked to vote on the expulsion of {{ merchant }}, for these reasons:\n{{ reasons }}",
            "The hearing is on {{ hearing_at }} ({{ time_zone }}). Until then you may answer in writing; after it the other members vote by secret ballot.",
            "The case: {{ case }}",
        ],
        button: None,
    },
};

/// Tells the people of a member that the case against it was given up.
pub static DROPPED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }}：关于 {{ merchant }} 除名的事项已撤销",
        paragraphs: &[
            "{{ name }}，您好：",
            "关于 {{ merchant }} 除名的事项已撤销，成员资格不受影响。",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }}: the case against {{ merchant }} was dropped",
        paragraphs: &[
            "Hello {{ name }},",
            "the case for the expulsion of {{ merchant }} was dropped. The membership stays as it is.",
        ],
        button: None,
    },
};

/// Tells the people of the members that their alliance is dissolved.
pub static DISSOLVED: LetterText = LetterText {
    zh_cn: Wording {
        subject: "{{ alliance }} 已解散",
        paragraphs: &[
            "{{ name }}，您好：",
            "根据成员的表决，{{ alliance }} 已解散，{{ merchant }} 的成员资格随之终止。",
            "剩余财产的处理：\n{{ plan }}",
        ],
        button: None,
    },
    en: Wording {
        subject: "{{ alliance }} is dissolved",
        paragraphs: &[
            "Hello {{ name }},",
            "by the vote of its members {{ alliance }} is dissolved, and the membership of {{ merchant }} has ended.",
            "What becomes of its assets:\n{{ plan }}",
        ],
        button: None,
    },
};
