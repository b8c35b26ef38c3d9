//! What a template may say, and what it may not.

use super::*;

#[test]
fn output_if_and_for_over_known_variables_are_taken() {
    for source in [
        "plain } text { with braces",
        "{{ merchant_name }} {{-alliance_name-}}",
        "{% if promotion_name %}{{ promotion_name }}{% elif not main_day %}x{% else %}y{% endif %}",
        "{%- for phase in phases -%}{{ phase.name }}: {{ phase.starts }}{% if phase.ends %}–{{ phase.ends }}{% endif %}{%- endfor -%}",
    ] {
        assert_eq!(check_source(source), Ok(()), "{source}");
    }
}

#[test]
fn everything_else_is_refused() {
    let not_allowed = |text: &str| TemplateError::NotAllowed(text.to_owned());
    for (source, wanted) in [
        (
            "{{ password }}",
            TemplateError::UnknownVariable("password".to_owned()),
        ),
        ("{{ phases }}", TemplateError::NotText("phases".to_owned())),
        (
            "{{ phases.name }}",
            TemplateError::UnknownVariable("phases.name".to_owned()),
        ),
        (
            "{% for x in merchant_name %}{% endfor %}",
            TemplateError::NotAList("merchant_name".to_owned()),
        ),
        (
            "{% for x in phases %}{% endfor %}{{ x.name }}",
            TemplateError::UnknownVariable("x.name".to_owned()),
        ),
        (
            "{% for x in phases %}{{ x.secret }}{% endfor %}",
            TemplateError::UnknownVariable("x.secret".to_owned()),
        ),
        (
            "{{ merchant_name|safe }}",
            not_allowed("merchant_name|safe"),
        ),
        ("{{ range(9) }}", not_allowed("range(9)")),
        ("{{ 1 + 1 }}", not_allowed("1 + 1")),
        (
            "{{ merchant_name.__class__ }}",
            not_allowed("merchant_name.__class__"),
        ),
        ("{{ '}}' }}", not_allowed("'")),
        ("{{{ merchant_name }}", not_allowed("{ merchant_name")),
        ("{% set x = 1 %}", not_allowed("set x = 1")),
        ("{% include 'x' %}", not_allowed("include 'x'")),
        ("{% raw %}{{ x }}{% endraw %}", not_allowed("raw")),
        (
            "{% for merchant_name in phases %}{% endfor %}",
            not_allowed("merchant_name"),
        ),
        ("{# x #}", not_allowed("{#")),
        ("{{ merchant_name", TemplateError::OpenTag),
        (
            "{% if merchant_name %}",
            TemplateError::Unbalanced("if".to_owned()),
        ),
        (
            "{% if merchant_name %}{% endfor %}",
            TemplateError::Unbalanced("endfor".to_owned()),
        ),
        ("{% else %}", TemplateError::Unbalanced("else".to_owned())),
    ] {
        assert_eq!(check_source(source), Err(wanted), "{source}");
    }
    let deep = "{% if main_day %}".repeat(9);
    assert_eq!(check_source(&deep), Err(TemplateError::TooDeep));
}

#[test]
fn faults_name_the_language_and_the_part() {
    let good = Wording {
        subject: "您好".to_owned(),
        html: "<p>x</p>".to_owned(),
        text: "x".to_owned(),
    };
    let bad = Wording {
        subject: "two\nlines".to_owned(),
        html: "{{ nothing }}".to_owned(),
        text: " ".to_owned(),
    };
    let faults = check(&Wordings {
        zh_cn: good,
        en: bad,
    });
    let codes: Vec<_> = faults
        .iter()
        .map(|(pointer, error)| (pointer.as_str(), error.code()))
        .collect();
    assert_eq!(
        codes,
        [
            ("en/subject", "invalid_value"),
            ("en/html", "unknown_variable"),
            ("en/text", "empty")
        ]
    );
}

proptest::proptest! {
    /// Whatever is taken can be rendered: nothing but known values is ever reached.
    #[test]
    fn what_is_taken_can_be_rendered(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "{{ merchant_name }}", "{{ x.name }}", "{% for x in phases %}", "{% endfor %}", "{% if main_day %}",
        "{% else %}", "{% endif %}", "{{", "}}", "{%", "text", "{{ phases }}", "-", " ",
    ]), 0..12)) {
        let source = pieces.concat();
        if check_source(&source).is_ok() {
            let mut environment = minijinja::Environment::new();
            environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
            let phases = [minijinja::context! { name => "n", starts => "s", ends => "e" }];
            let values = minijinja::context! { merchant_name => "m", main_day => "d", phases };
            proptest::prop_assert!(environment.render_str(&source, values).is_ok(), "{}", source);
        }
    }
}

#[test]
fn a_variable_in_a_block_is_not_printed_in_every_letter() {
    for (source, always) in [
        ("x {{ unsubscribe_link }}", true),
        ("{{- unsubscribe_link -}}", true),
        (
            "{% if main_day %}{{ main_day }}{% endif %}{{ unsubscribe_link }}",
            true,
        ),
        ("{% if main_day %}{{ unsubscribe_link }}{% endif %}", false),
        ("{{ main_day }} unsubscribe_link", false),
        ("{ { unsubscribe_link }}", false),
    ] {
        assert_eq!(
            always_prints(source, "unsubscribe_link"),
            always,
            "{source}"
        );
    }
}
