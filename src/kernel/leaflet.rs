//! A leaflet: the one kind of page that a link in a mail opens. Facts, and buttons that act.

use crate::kernel::locale::Locale;

/// What a page shows. Everything is plain text; the template escapes it.
#[derive(Debug, Clone, Default)]
pub struct Leaflet {
    pub locale: Locale,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// Questions that the buttons send along.
    pub inputs: Vec<Input>,
    /// Choices that the buttons send along.
    pub ticks: Vec<Tick>,
    /// What the reader can do. Only a POST acts; the page itself changes nothing.
    pub buttons: Vec<Button>,
    /// Label and address of the same page in other languages.
    pub elsewhere: Vec<(String, String)>,
}

/// A choice on a page: sent as `name=yes` where it is ticked.
#[derive(Debug, Clone)]
pub struct Tick {
    pub name: &'static str,
    pub label: String,
    /// What it means, or why it cannot be changed.
    pub note: String,
    pub on: bool,
    /// Shown, and not to be changed.
    pub locked: bool,
}

/// A question on a page.
#[derive(Debug, Clone)]
pub struct Input {
    pub name: &'static str,
    pub label: String,
    /// `text` or `password`.
    pub kind: &'static str,
}

/// A button that posts `choice` to the page's own address.
#[derive(Debug, Clone)]
pub struct Button {
    pub label: String,
    pub choice: &'static str,
}
