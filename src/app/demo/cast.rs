//! The people of the season: an organizer, a treasurer, five merchants, two manufacturers.

use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use chrono::Datelike;
use serde_json::json;

use crate::app::demo::client::Client;
use crate::app::demo::print;
use crate::kernel::time::Instant;

/// Everybody's password in the demo.
pub const PASSWORD: &str = "four words make it";

/// Name, language, and verified annual revenue in fen.
const MERCHANTS: [(&str, &str, i64); 5] = [
    ("tea-house", "zh-CN", 320_000_000),
    ("noodle-bar", "zh-CN", 86_000_000),
    ("silk-shop", "en", 1_240_000_000),
    ("print-shop", "zh-CN", 45_500_000),
    ("bakery", "en", 150_000_000),
];

/// A member merchant and the person who acts for it.
pub struct Merchant {
    pub name: &'static str,
    pub email: String,
    pub client: Client,
    pub membership: String,
}

/// Everybody, and the year of the season.
pub struct Cast {
    pub nobody: Client,
    pub organizer: Client,
    pub treasurer: Client,
    pub alliance: String,
    pub merchants: Vec<Merchant>,
    /// The year in which Double Eleven is celebrated: the next one.
    pub year: i32,
    folder: PathBuf,
}

impl Cast {
    /// Signs everybody up, founds the alliance and verifies the sizes.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn gather(nobody: &Client, folder: &Path) -> anyhow::Result<Self> {
        print::chapter(1, "Five small merchants form an alliance");
        let year = first_of_september(nobody).await?;
        let organizer = sign_up(nobody, "organizer", "zh-CN").await?;
        let treasurer = sign_up(nobody, "treasurer", "zh-CN").await?;
        let founding = json!({ "name": "West Lake Merchants", "kind": "regional", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN" });
        let alliance = organizer.post("/v1/alliances", founding).await?.id()?;
        let grant = json!({ "email": "treasurer@demo.example", "role": "treasurer" });
        organizer
            .post(&format!("/v1/alliances/{alliance}/role-grants"), grant)
            .await?;
        let mut cast = Self {
            nobody: nobody.clone(),
            organizer,
            treasurer,
            alliance,
            merchants: Vec::new(),
            year,
            folder: folder.to_owned(),
        };
        let mut rows = Vec::new();
        for (name, locale, revenue) in MERCHANTS {
            let merchant = cast.join(name, locale, revenue).await?;
            let way = if name == "bakery" {
                "by a mailed invitation"
            } else {
                "invited, approved"
            };
            rows.push(vec![name.to_owned(), print::yuan(revenue), way.to_owned()]);
            cast.merchants.push(merchant);
        }
        print::table(&["merchant", "verified revenue (CNY)", "joined"], &rows);
        Ok(cast)
    }

    async fn join(
        &self,
        name: &'static str,
        locale: &str,
        revenue: i64,
    ) -> anyhow::Result<Merchant> {
        let client = sign_up(&self.nobody, name, locale).await?;
        let email = format!("{name}@demo.example");
        let membership = if name == "bakery" {
            let body = json!({ "email": email, "role": "member", "merchant_name": name, "locale": locale });
            self.organizer.post(&self.path("invitations"), body).await?;
            self.drain().await?;
            let page = self.mailed_link(&email, "")?;
            self.nobody.submit(&page, "accept").await?;
            self.membership_of(name).await?
        } else {
            let body = json!({ "name": name, "region": "Hangzhou", "category": "retail", "locale": locale });
            let merchant = client.post("/v1/merchants", body).await?.id()?;
            let invited = json!({ "merchant_id": merchant });
            let membership = self
                .organizer
                .post(&self.path("memberships"), invited)
                .await?
                .id()?;
            client
                .transition(&format!("/v1/memberships/{membership}"), "approve", None)
                .await?;
            membership
        };
        let wanted = json!({ "promotion": true, "digest": true });
        client.put(&self.path("preferences/me"), wanted).await?;
        let merchant = client.get(&format!("/v1/memberships/{membership}")).await?;
        let merchant = merchant.body["merchant_id"]
            .as_str()
            .context("a merchant")?
            .to_owned();
        let size = json!({ "measure": "annual_revenue", "value": revenue, "unit": "CNY", "valid_from": format!("{}-01-01", self.year) });
        let facts = format!("/v1/merchants/{merchant}/size-facts");
        let fact = client.post(&facts, size).await?.id()?;
        self.treasurer
            .post_bare(&format!("{facts}/{fact}/verify"))
            .await?;
        Ok(Merchant {
            name,
            email,
            client,
            membership,
        })
    }

    async fn membership_of(&self, name: &str) -> anyhow::Result<String> {
        let list = self.organizer.get(&self.path("memberships")).await?;
        let items = list.body["items"].as_array().context("memberships")?;
        items
            .iter()
            .find(|m| m["merchant_name"] == name || m["name"] == name)
            .and_then(|m| m["id"].as_str())
            .map(str::to_owned)
            .with_context(|| format!("{name} is no member: {}", list.body))
    }

    /// A collection of the alliance.
    pub fn path(&self, collection: &str) -> String {
        format!("/v1/alliances/{}/{collection}", self.alliance)
    }

    /// Runs all due work.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn drain(&self) -> anyhow::Result<()> {
        self.nobody.post_bare("/sandbox/drain").await?;
        Ok(())
    }

    /// Moves the clock, in the time of Hangzhou; what becomes due runs before this returns.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn clock(&self, local: &str) -> anyhow::Result<()> {
        let now = format!("{local}+08:00");
        self.nobody
            .put("/sandbox/clock", json!({ "now": now }))
            .await?;
        Ok(())
    }

    /// The newest mails to `address` hold a link whose page can be opened: its path.
    ///
    /// # Errors
    /// When there is none.
    pub fn mailed_link(&self, address: &str, subject_part: &str) -> anyhow::Result<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.join("mail"))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .collect();
        files.sort();
        for file in files.iter().rev() {
            let raw = std::fs::read_to_string(file)?.replace("=\r\n", "");
            let for_us = raw.contains(address) && raw.contains(subject_part);
            if let (true, Some(at)) = (for_us, raw.find("/r/")) {
                let end = raw[at + 3..]
                    .find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
                    .map_or(raw.len(), |n| at + 3 + n);
                return Ok(raw[at..end].to_owned());
            }
        }
        anyhow::bail!("no mail with a link to {address}")
    }

    /// How many mails were written so far.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn mails(&self) -> anyhow::Result<usize> {
        Ok(std::fs::read_dir(self.folder.join("mail"))?.count())
    }
}

/// Signs somebody up; the sandbox logs them in at once.
///
/// # Errors
/// When the service refuses.
pub async fn sign_up(nobody: &Client, name: &str, locale: &str) -> anyhow::Result<Client> {
    let body = json!({ "email": format!("{name}@demo.example"), "password": PASSWORD, "display_name": name, "locale": locale });
    let answer = nobody.post("/v1/auth/register", body).await?;
    let token = answer.body["access_token"].as_str().context("no token")?;
    Ok(nobody.with_token(token))
}

/// The season begins on the first of September of the next year; the clock only moves forward.
async fn first_of_september(nobody: &Client) -> anyhow::Result<i32> {
    let clock = nobody.get("/sandbox/clock").await?;
    let now = clock.body["now"].as_str().context("a clock")?;
    let now = Instant::parse(now).map_err(anyhow::Error::msg)?;
    let year = now.to_utc().year() + 1;
    let start = json!({ "now": format!("{year}-09-01T09:00:00+08:00") });
    nobody.put("/sandbox/clock", start).await?;
    Ok(year)
}
