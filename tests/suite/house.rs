//! The rules of the house, held by reading the source tree: imports point one way, domains are
//! pure, SQL stays in its place, files stay short, refusals are catalogued.

mod rules;
mod source;

use rules::Breach;
use source::File;
use std::collections::BTreeMap;
use std::path::Path;

/// Every Rust file of the workspace, by its path from the root.
fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "entity", "migration", "tests"] {
        collect(root, &root.join(folder), &mut files);
    }
    assert!(files.len() > 100, "the tree is not where it was");
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).expect("below the root");
            let text = std::fs::read_to_string(&path).expect("readable");
            files.push(File::new(&name.display().to_string(), &text));
        }
    }
}

/// Fails with every breach of one rule.
fn hold(rule: fn(&File) -> Vec<Breach>) {
    let breaches: Vec<String> = tree()
        .iter()
        .flat_map(rule)
        .map(|b| b.to_string())
        .collect();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// The messages of one rule about one sample.
fn said(rule: fn(&File) -> Vec<Breach>, path: &str, text: &str) -> Vec<String> {
    let found = rule(&File::new(path, text));
    found.into_iter().map(|breach| breach.what).collect()
}

#[test]
fn imports_point_one_way() {
    hold(rules::imports);
}

#[test]
fn an_import_to_the_right_is_found() {
    let bad = "use crate::ballots::face;\nfn f() { crate::app::go() }\n";
    assert_eq!(said(rules::imports, "src/funds/service.rs", bad).len(), 2);
    assert_eq!(said(rules::imports, "src/app/mod.rs", bad).len(), 0);
    let unknown = "use crate::helpers::x;\n";
    assert_eq!(said(rules::imports, "src/app/mod.rs", unknown).len(), 1);
    assert_eq!(said(rules::imports, "src/helpers/mod.rs", "").len(), 1);
    let fine =
        "use crate::words;\nuse crate::kernel::ids::X;\n// crate::app\nlet s = \"crate::app\";\n";
    assert_eq!(said(rules::imports, "src/funds/service.rs", fine).len(), 0);
}

#[test]
fn domains_are_pure() {
    hold(rules::purity);
}

#[test]
fn an_impure_domain_is_found() {
    for bad in [
        "use sea_orm::DbErr;",
        "use entity::ids::FundId;",
        "use actix_web::get;",
        "async fn f() {}",
        "fn f() { g(async move { 1 }) }",
        "use crate::platform::act::Act;",
        "use crate::http::json::Json;",
    ] {
        assert_eq!(
            said(rules::purity, "src/funds/domain/levy.rs", bad).len(),
            1,
            "{bad}"
        );
        assert_eq!(
            said(rules::purity, "src/funds/service.rs", bad).len(),
            0,
            "{bad}"
        );
    }
    let fine = "// async\nuse crate::kernel::ids::FundId;\nlet identity = \"sea_orm\";";
    assert_eq!(
        said(rules::purity, "src/funds/domain/levy.rs", fine).len(),
        0
    );
}

#[test]
fn sql_stays_in_its_place() {
    hold(rules::sql);
}

#[test]
fn sql_elsewhere_is_found() {
    for bad in [
        "use entity::fund;",
        "fn f(row: entity::fund::Model) {}",
        "use sea_orm::EntityTrait;",
        "use sea_orm::sea_query::Expr;",
        "use sea_orm::*;",
    ] {
        assert_eq!(
            said(rules::sql, "src/funds/service.rs", bad).len(),
            1,
            "{bad}"
        );
        assert_eq!(
            said(rules::sql, "src/funds/service/repository.rs", bad).len(),
            1,
            "{bad}"
        );
        for place in [
            "src/funds/repo.rs",
            "src/funds/repo/lines.rs",
            "src/platform/queue.rs",
        ] {
            assert_eq!(said(rules::sql, place, bad).len(), 0, "{place}: {bad}");
        }
    }
    let fine = "use sea_orm::ConnectionTrait;\nuse sea_orm::DbErr;\nuse entity::instant::Instant;";
    assert_eq!(said(rules::sql, "src/funds/service.rs", fine).len(), 0);
}

#[test]
fn files_stay_short() {
    hold(rules::length);
}

#[test]
fn a_long_file_is_found() {
    let lines = |count: usize| "\n".repeat(count);
    assert_eq!(said(rules::length, "src/a.rs", &lines(400)).len(), 0);
    assert_eq!(said(rules::length, "src/a.rs", &lines(401)).len(), 1);
}

#[test]
fn lints_are_expected_and_never_allowed() {
    hold(rules::lints);
}

#[test]
fn an_allowed_lint_is_found() {
    let bad = concat!("#[al", "low(dead_code)]\n#![al", "low(clippy::all)]\n");
    assert_eq!(said(rules::lints, "src/a.rs", bad).len(), 2);
    let fine = "#[expect(dead_code, reason = \"x\")]\n#[garde(allow_unvalidated)]\n";
    assert_eq!(said(rules::lints, "src/a.rs", fine).len(), 0);
}

#[test]
fn migrations_do_not_know_the_entities() {
    hold(rules::migrations);
}

#[test]
fn a_migration_that_knows_entities_is_found() {
    let bad = "use entity::fund;\n";
    assert_eq!(said(rules::migrations, "migration/src/m1.rs", bad).len(), 1);
    assert_eq!(said(rules::migrations, "src/funds/repo.rs", bad).len(), 0);
}

#[test]
fn nothing_is_left_for_later() {
    hold(rules::leftovers);
}

#[test]
fn a_leftover_is_found() {
    let bad = concat!("// TO", "DO: later\n// FIX", "ME\n");
    assert_eq!(said(rules::leftovers, "src/a.rs", bad).len(), 2);
    assert_eq!(
        said(rules::leftovers, "src/a.rs", "// nothing to do\n").len(),
        0
    );
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in tree().iter().filter(|file| file.path.starts_with("src/")) {
        for code in rules::codes(file) {
            places.entry(code).or_default().push(file.path.clone());
        }
    }
    assert!(places.len() > 50, "kinds are not written as they were");
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn every_refusal_of_a_mounted_slice_is_in_the_catalogue() {
    let catalogue: Vec<&str> = guildhall::app::problems().iter().map(|k| k.code).collect();
    let files = tree();
    let app = files.iter().find(|file| file.path == "src/app/mod.rs");
    let app = app.expect("the composition root");
    let mut missing = Vec::new();
    for file in files.iter().filter(|file| rules::is_mounted(file, app)) {
        let codes = rules::codes(file).into_iter();
        missing.extend(codes.filter(|code| !catalogue.contains(&code.as_str())));
    }
    assert!(missing.is_empty(), "not in app::problems(): {missing:?}");
}

#[test]
fn codes_are_read_from_every_way_to_write_a_kind() {
    let text = r#"
        pub static A: Kind = Kind::conflict("a_code", "A title with Kind::conflict(");
        pub static B: Kind =
            Kind::new(404, "b_code", "A title");
        static C: Kind = Kind::unprocessable(
            "c_code",
            "A title",
        );
        // Kind::forbidden("d_code", "")
    "#;
    let file = File::new("src/x/problems.rs", text);
    assert_eq!(rules::codes(&file), ["a_code", "b_code", "c_code"]);
    let app = File::new("src/app/mod.rs", "cfg.configure(x::configure)");
    assert!(rules::is_mounted(&file, &app));
    assert!(!rules::is_mounted(
        &File::new("src/y/problems.rs", ""),
        &app
    ));
}
