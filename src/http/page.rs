//! Pages: one template for everything that a person opens in a browser.

use actix_web::HttpResponse;
use actix_web::HttpResponseBuilder;
use actix_web::http::StatusCode;
use minijinja::Environment;
use minijinja::context;

use crate::kernel::leaflet::Leaflet;

/// Pages load nothing and post only to themselves.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const TEMPLATE: &str = include_str!("page.html");

/// A page with the status of what it tells.
pub fn show(status: StatusCode, leaflet: &Leaflet) -> HttpResponse {
    match render(leaflet) {
        Ok(html) => HttpResponseBuilder::new(status)
            .insert_header(("content-type", "text/html; charset=utf-8"))
            .insert_header(("content-security-policy", POLICY))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn render(leaflet: &Leaflet) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template("page.html", TEMPLATE)?;
    let inputs: Vec<_> = leaflet
        .inputs
        .iter()
        .map(|i| context! { name => i.name, label => &i.label, kind => i.kind })
        .collect();
    let ticks: Vec<_> = leaflet
        .ticks
        .iter()
        .map(|t| context! { name => t.name, label => &t.label, note => &t.note, on => t.on, locked => t.locked })
        .collect();
    let buttons: Vec<_> = leaflet
        .buttons
        .iter()
        .map(|b| context! { label => &b.label, choice => b.choice })
        .collect();
    environment.get_template("page.html")?.render(context! {
        locale => leaflet.locale.as_str(),
        title => &leaflet.title,
        paragraphs => &leaflet.paragraphs,
        facts => &leaflet.facts,
        inputs => inputs,
        ticks => ticks,
        elsewhere => &leaflet.elsewhere,
        buttons => buttons,
    })
}
