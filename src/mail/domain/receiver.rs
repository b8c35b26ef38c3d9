//! Who receives: large providers answer for many domains, and their limits hold for all of them.

/// The group of every domain that belongs to none.
pub const REST: &str = "rest";

const GROUPS: [(&str, &[&str]); 8] = [
    ("gmail", &["gmail.com", "googlemail.com"]),
    ("qq", &["qq.com", "vip.qq.com", "foxmail.com"]),
    (
        "netease",
        &[
            "163.com",
            "vip.163.com",
            "126.com",
            "vip.126.com",
            "yeah.net",
            "188.com",
        ],
    ),
    (
        "outlook",
        &[
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.cn",
            "live.cn",
        ],
    ),
    ("yahoo", &["yahoo.com", "ymail.com", "aol.com"]),
    ("icloud", &["icloud.com", "me.com", "mac.com"]),
    ("sina", &["sina.com", "sina.cn", "vip.sina.com"]),
    ("aliyun", &["aliyun.com", "alibaba-inc.com"]),
];

/// The domain of an address, in lower case; empty where there is none.
pub fn domain_of(email: &str) -> String {
    email
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_lowercase())
        .unwrap_or_default()
}

/// The group that answers for an address.
pub fn group_of(email: &str) -> &'static str {
    let domain = domain_of(email);
    GROUPS
        .iter()
        .find(|(_, domains)| domains.contains(&domain.as_str()))
        .map_or(REST, |(group, _)| group)
}

/// By what name a receiver is limited and left alone: its group, or its domain where it has none.
pub fn name_of(group: &str, email: &str) -> String {
    if group == REST {
        domain_of(email)
    } else {
        group.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_one_provider_share_a_group() {
        for (email, group, name) in [
            ("a@GoogleMail.com", "gmail", "gmail"),
            ("a@foxmail.com", "qq", "qq"),
            ("a@yeah.net", "netease", "netease"),
            ("a@Shop.example", "rest", "shop.example"),
            ("\"a@gmail.com\"@shop.example", "rest", "shop.example"),
            ("nonsense", "rest", ""),
        ] {
            assert_eq!(group_of(email), group, "{email}");
            assert_eq!(name_of(group_of(email), email), name, "{email}");
        }
    }
}
