//! What a template may name. Everything else is refused when the template is saved.

use serde::Serialize;

/// The shape of a variable's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text, to be printed or asked for.
    Text,
    /// A list of things with these texts, to be walked through.
    List(&'static [&'static str]),
}

/// Every variable. Those of a promotion are absent where the campaign has none.
pub const ALL: &[(&str, Shape)] = &[
    ("merchant_name", Shape::Text),
    ("recipient_name", Shape::Text),
    ("alliance_name", Shape::Text),
    ("promotion_name", Shape::Text),
    ("main_day", Shape::Text),
    ("phases", Shape::List(&["name", "starts", "ends"])),
    ("enrol_link", Shape::Text),
    ("unsubscribe_link", Shape::Text),
];

/// The shape of a variable, if it is one of ours.
pub fn shape(name: &str) -> Option<Shape> {
    ALL.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, shape)| *shape)
}

/// The values for one recipient. What is `None` is undefined in the template: it may be asked for with
/// `if`, and cannot be printed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Values {
    pub merchant_name: String,
    pub recipient_name: String,
    pub alliance_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<Vec<Phase>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrol_link: Option<String>,
    pub unsubscribe_link: String,
}

/// A period of the promotion, in the alliance's local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phase {
    pub name: String,
    pub starts: String,
    pub ends: String,
}
