//! Who may call what: every operation of the document, called by every kind of caller, against one table.
//!
//! Writes carry an idempotency key that their caller has spent on another request. A caller that passes the
//! checks of visibility and role is then told so (422), and nothing in the world changes.

mod seeds;
mod table;
mod world;

use guildhall::app;

use crate::access::table::CALLERS;
use crate::access::table::PUBLIC;
use crate::access::world::World;
use crate::document::operations;
use crate::support::Answer;
use crate::support::Database;
use crate::support::TestApp;

/// The class of an answer: a refusal of the caller, or anything else.
fn class(answer: &Answer) -> &'static str {
    match answer.status {
        401 => "401",
        403 => "403",
        404 => "404",
        500.. => "broken",
        _ => "ok",
    }
}

#[test]
fn the_table_has_every_operation_and_every_operation_is_in_the_table() {
    let mut documented: Vec<String> = operations(&app::document())
        .into_iter()
        .map(|o| o.id)
        .collect();
    let mut listed: Vec<String> = table::lines().map(|(name, _)| (*name).to_owned()).collect();
    documented.sort_unstable();
    listed.sort_unstable();
    let missing: Vec<_> = documented.iter().filter(|o| !listed.contains(o)).collect();
    let left_over: Vec<_> = listed.iter().filter(|o| !documented.contains(o)).collect();
    assert!(
        missing.is_empty() && left_over.is_empty() && documented.len() == listed.len(),
        "operations without a row: {missing:?}; rows without an operation: {left_over:?}"
    );
}

#[actix_web::test]
async fn every_caller_gets_what_the_table_says() {
    let app = TestApp::start(Database::Sqlite).await;
    let document = app::document();
    let world = World::seed(&app).await;
    let mut wrong = Vec::new();
    for operation in operations(&document) {
        let Some((_, expected)) = table::lines().find(|(name, _)| *name == operation.id) else {
            continue;
        };
        let mut seen = Vec::new();
        for at in 0..CALLERS.len() {
            seen.push(class(&world.call(&document, &operation, at).await));
        }
        // A public operation may refuse what it is sent, but the same to everybody.
        let same = seen
            .iter()
            .all(|class| *class == seen[0] && *class != "broken");
        let fine = if *expected == PUBLIC {
            same
        } else {
            seen.join(" ") == *expected
        };
        if !fine {
            wrong.push(format!(
                "{}:\n  expected {expected}\n  seen     {}",
                operation.id,
                seen.join(" ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "columns: {CALLERS:?}\n{}",
        wrong.join("\n")
    );
}
