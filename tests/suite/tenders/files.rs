//! Quotes in files: taken whole or not at all, told line by line, sealed like every content.

use entity::quote_upload;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use crate::tenders::fair::BR;
use crate::tenders::fair::Fair;
use crate::tenders::fair::app_account;
use crate::tenders::fair::fair;
use crate::tenders::fair::quote;

on_both! {
    a_quote_is_made_of_files_and_submitted => made_of_files;
    a_file_with_one_bad_line_stores_nothing_but_its_errors => all_or_nothing;
    what_is_no_table_of_ours_is_refused => refusals;
    of_files_that_come_at_once_each_makes_its_own_revision => races;
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn upload(person: &Person, path: &str, media: &str, key: &str, file: &[u8]) -> Answer {
    let headers = [("content-type", media), ("idempotency-key", key)];
    person
        .send("POST", path, &headers, Some(file.to_vec()))
        .await
}

/// A draft without lines: its path.
async fn draft(fair: &Fair) -> String {
    let mut body = quote(&BR);
    body["submit"] = json!(false);
    body["lines"] = json!([]);
    let made = fair.mill.post(&fair.path("/quotes"), body).await;
    made.expect(201);
    format!("/v1/quotes/{}", made.id())
}

async fn made_of_files(app: TestApp) {
    let fair = fair(app).await;
    let here = draft(&fair).await;
    let empty = fair.mill.transition(&here, "submit", None).await;
    empty.expect_problem(422, "validation_failed");
    assert_eq!(empty.body["errors"][0]["code"], "no_lines");
    let template = fair
        .mill
        .get(&fair.path("/quote-template?format=csv"))
        .await;
    template.expect(200);
    let header = template.text.lines().next().expect("a header");
    let row = template.text.lines().nth(1).expect("a row");
    assert!(row.starts_with("L1,,Gift box,H87,200,CNY"), "{row}");
    let filled = row.replacen(",1,,,,", ",1,12.00,100,10.00,", 1);
    assert_ne!(filled, row);
    let file = format!("{header}\n{filled}\n");
    let path = format!("{here}/uploads");
    let taken = upload(&fair.mill, &path, "text/csv", "f1", file.as_bytes()).await;
    taken.expect(201);
    assert_eq!(taken.body["status"], "applied", "{}", taken.text);
    assert_eq!(taken.body["revision"], 2);
    let again = upload(&fair.mill, &path, "text/csv", "f1", file.as_bytes()).await;
    assert_eq!(again.body["upload_id"], taken.body["upload_id"]);
    let other = upload(&fair.mill, &path, "text/csv", "f1", b"x").await;
    other.expect_problem(422, "idempotency_key_reused");
    let same = upload(&fair.mill, &path, "text/csv", "f2", file.as_bytes()).await;
    assert_eq!(same.body["status"], "unchanged");
    let rows = br#"{"line_ref":"L1","unit_code":"H87","price_breaks":[{"min_quantity":1,"unit_price":"11.5"}],"lead_time_days":9}"#;
    let merged = upload(
        &fair.mill,
        &format!("{path}?mode=merge"),
        "application/x-ndjson",
        "f3",
        rows,
    )
    .await;
    assert_eq!(merged.body["status"], "applied", "{}", merged.text);
    let changed = fair
        .mill
        .get(&format!("{here}/revisions/3/diff?base=2"))
        .await;
    changed.expect(200);
    assert_eq!(changed.body["changed"][0]["line_ref"], "L1");
    assert_eq!(changed.body["unchanged"], 0);
    fair.olga
        .get(&format!("{here}/revisions/3/diff?base=2"))
        .await
        .expect_problem(403, "tender_sealed");
    let taken = upload(&fair.mill, &path, XLSX, "f4", &book("9.75")).await;
    assert_eq!(taken.body["status"], "applied", "{}", taken.text);
    let submitted = fair.mill.transition(&here, "submit", None).await;
    submitted.expect(200);
    let own = fair.mill.get(&here).await;
    let price = &own.body["content"]["lines"][0]["price_breaks"][0]["unit_price"];
    assert_eq!(price, "9.75");
    let rival = app_account(&fair, "rival").await;
    let second = rival.post(&fair.path("/quotes"), quote(&BR)).await;
    second.expect(201);
    fair.open().await;
    fair.olga
        .get(&format!("{here}/revisions/4/diff?base=3"))
        .await
        .expect(200);
    let late = upload(&fair.mill, &path, "text/csv", "f5", file.as_bytes()).await;
    late.expect_problem(409, "deadline_passed");
}

fn book(price: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("quote").expect("a name");
    let header = ["line_ref", "break1_min_quantity", "break1_unit_price"];
    for (column, (head, cell)) in (0..).zip(header.into_iter().zip(["L1", "1", price])) {
        sheet.write_string(0, column, head).expect("a cell");
        sheet.write_string(1, column, cell).expect("a cell");
    }
    book.save_to_buffer().expect("a file")
}

async fn all_or_nothing(app: TestApp) {
    let fair = fair(app).await;
    let here = draft(&fair).await;
    let file = "line_ref,break1_min_quantity,break1_unit_price\nL1,1,12.00\nL9,1,\"4,25\"\n";
    let path = format!("{here}/uploads");
    let refused = upload(&fair.mill, &path, "text/csv", "f1", file.as_bytes()).await;
    refused.expect(201);
    assert_eq!(refused.body["status"], "invalid");
    assert_eq!(refused.body["error_count"], 2);
    assert!(!refused.text.contains("4,25"), "{}", refused.text);
    let own = fair.mill.get(&here).await;
    assert_eq!(own.body["revision"], 1);
    let here = format!(
        "/v1/uploads/{}",
        refused.body["upload_id"].as_str().expect("an id")
    );
    let told = fair.mill.get(&here).await;
    told.expect(200);
    let codes = ["unknown_line_ref", "decimal_comma"];
    for (error, code) in told.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .zip(codes)
    {
        assert_eq!((&error["line"], &error["code"]), (&json!(3), &json!(code)));
    }
    assert_eq!(told.body["errors"][1]["value"], "4,25");
    let table = fair.mill.get(&format!("{here}/errors?format=csv")).await;
    assert_eq!(
        table.text,
        "line,field,code,value\n3,line_ref,unknown_line_ref,L9\n3,break1_unit_price,decimal_comma,\"4,25\"\n"
    );
    let rival = app_account(&fair, "rival").await;
    for other in [&fair.olga, &fair.theo, &fair.members[0], &rival] {
        other.get(&here).await.expect_problem(404, "not_found");
    }
    let stored = fair.app.ctx().db.reader();
    let rows = quote_upload::Entity::find().all(&stored).await;
    let rows = rows.expect("rows");
    let sealed = rows[0].sealed_faults.as_deref().expect("sealed");
    assert!(!String::from_utf8_lossy(sealed).contains("4,25"));
}

async fn refusals(app: TestApp) {
    let fair = fair(app).await;
    let here = draft(&fair).await;
    let path = format!("{here}/uploads");
    let send = async |media: &str, key: &str, file: &[u8]| {
        upload(&fair.mill, &path, media, key, file).await
    };
    send("application/pdf", "f1", b"x")
        .await
        .expect_problem(415, "unsupported_media_type");
    upload(
        &fair.mill,
        &format!("{path}?mode=some"),
        "text/csv",
        "f2",
        b"x",
    )
    .await
    .expect_problem(400, "invalid_parameter");
    fair.mill
        .send(
            "POST",
            &path,
            &[("content-type", "text/csv")],
            Some(b"x".to_vec()),
        )
        .await
        .expect_problem(400, "idempotency_key_missing");
    upload(&fair.olga, &path, "text/csv", "f3", b"x")
        .await
        .expect_problem(403, "role_required");
    upload(&fair.members[0], &path, "text/csv", "f4", b"x")
        .await
        .expect_problem(403, "role_required");
    for (key, media, file, code) in [
        ("g1", "text/csv", &b""[..], "empty_file"),
        ("g2", "text/csv", b"line_ref,moq\nL1,1\n", "missing_column"),
        ("g3", "text/csv", b"\xff\xfe", "not_utf8"),
        ("g4", XLSX, b"no zip", "not_xlsx"),
        ("g5", "application/json", b"{}", "invalid_json"),
        ("g6", "application/json", br#"{"lines":[]}"#, "no_lines"),
    ] {
        let refused = send(media, key, file).await;
        refused.expect(201);
        assert_eq!(refused.body["errors"][0]["code"], code, "{}", refused.text);
    }
    fair.mill
        .get(&fair.path("/quote-template?format=pdf"))
        .await
        .expect_problem(400, "invalid_parameter");
}

async fn races(app: TestApp) {
    let fair = fair(app).await;
    let here = draft(&fair).await;
    let path = format!("{here}/uploads");
    let files: Vec<String> = (1..=6)
        .map(|n| format!("line_ref,break1_min_quantity,break1_unit_price\nL1,1,{n}.00\n"))
        .collect();
    let keys: Vec<String> = (1..=6).map(|n| format!("r{n}")).collect();
    let sent = files
        .iter()
        .zip(&keys)
        .map(|(file, key)| upload(&fair.mill, &path, "text/csv", key, file.as_bytes()));
    let answers = futures_util::future::join_all(sent).await;
    let mut revisions: Vec<i64> = answers
        .iter()
        .map(|answer| answer.body["revision"].as_i64().expect("a revision"))
        .collect();
    revisions.sort_unstable();
    assert_eq!(revisions, [2, 3, 4, 5, 6, 7]);
}
