//! To whom a campaign goes, and what it tells each of them.

use std::collections::HashSet;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::alliances::CountryPack;
use crate::campaigns::domain::letter;
use crate::campaigns::domain::letter::Pen;
use crate::campaigns::domain::purpose::CampaignCategory;
use crate::campaigns::domain::state::CampaignAudience;
use crate::campaigns::domain::template::Wordings;
use crate::campaigns::domain::variables::Values;
use crate::campaigns::problems::TOO_MANY_RECIPIENTS;
use crate::campaigns::promotion_facts;
use crate::campaigns::promotion_facts::Facts;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::templates;
use crate::kernel::ids::MembershipId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::Category;
use crate::mail::Content;
use crate::mail::stencils::Stencil;
use crate::platform::db::Tx;

/// Members read at once when recipients are counted.
const COUNT_CHUNK: u64 = 1_000;

/// Everything that the letters of a campaign have in common.
pub struct Matter {
    pub alliance: Alliance,
    pub category: Category,
    pub facts: Option<Facts>,
    /// China's rules for e-mail apply.
    bound: bool,
    wordings: Wordings,
}

impl Matter {
    /// Reads what a campaign is about.
    ///
    /// # Errors
    /// When the database fails, or holds what nothing here writes.
    pub async fn of(c: &Tx, campaign: &Campaign) -> Result<Self, Failure> {
        let alliance = alliances::alliance(c, campaign.alliance_id)
            .await?
            .ok_or_else(|| anyhow::anyhow!("campaign {} has no alliance", campaign.id))?;
        let template = repo::template(c, campaign.template_id)
            .await?
            .ok_or_else(|| anyhow::anyhow!("campaign {} has no template", campaign.id))?;
        let category = CampaignCategory::parse(&campaign.category)
            .ok_or_else(|| anyhow::anyhow!("campaign {} has no category", campaign.id))?;
        let facts = match campaign.promotion_id {
            Some(promotion) => promotion_facts::facts(c, &alliance, promotion).await?,
            None => None,
        };
        let pack = alliances::by_laws(c, campaign.alliance_id)
            .await?
            .country_pack;
        Ok(Self {
            alliance,
            category: category.of_mail(),
            facts,
            bound: pack == CountryPack::Cn,
            wordings: templates::wordings(&template)?,
        })
    }

    /// The pen of every language.
    ///
    /// # Errors
    /// When the stored template is none.
    pub fn pens(&self) -> Result<Pens, Failure> {
        let pen = |locale| Pen::new(self.wordings.of(locale), self.category, locale, self.bound);
        Ok(Pens {
            zh_cn: pen(Locale::ZhCn)?,
            en: pen(Locale::En)?,
        })
    }

    /// What the letters have in common in a language; the engine writes each when it is sent.
    ///
    /// # Errors
    /// When a value is no JSON.
    pub fn stencil(&self, locale: Locale) -> Result<Stencil, Failure> {
        let wording = letter::finished(self.wordings.of(locale), self.category, locale, self.bound);
        let mut shared = serde_json::to_value(self.values("", "", String::new(), None))
            .map_err(anyhow::Error::new)?;
        if let Some(shared) = shared.as_object_mut() {
            for own in ["merchant_name", "recipient_name", "unsubscribe_link"] {
                shared.remove(own);
            }
        }
        Ok(Stencil {
            subject: wording.subject,
            html: wording.html,
            text: wording.text,
            shared,
        })
    }

    /// Whether each letter carries a link to enrol.
    pub fn calls_to_enrol(&self) -> bool {
        self.facts.as_ref().is_some_and(|f| f.takes_enrolments)
    }

    /// The values for one recipient.
    pub fn values(
        &self,
        merchant_name: &str,
        recipient_name: &str,
        unsubscribe_link: String,
        enrol_link: Option<String>,
    ) -> Values {
        Values {
            merchant_name: merchant_name.to_owned(),
            recipient_name: recipient_name.to_owned(),
            alliance_name: self.alliance.name.clone(),
            promotion_name: self.facts.as_ref().map(|f| f.name.clone()),
            main_day: self.facts.as_ref().map(|f| f.main_day.clone()),
            phases: self.facts.as_ref().map(|f| f.phases.clone()),
            enrol_link,
            unsubscribe_link,
        }
    }
}

/// The pen of every language.
pub struct Pens {
    zh_cn: Pen,
    en: Pen,
}

impl Pens {
    /// Writes a letter in a language.
    ///
    /// # Errors
    /// A refusal where the template prints what this campaign does not have.
    pub fn write(&self, locale: Locale, values: &Values) -> Result<Content, Failure> {
        let pen = match locale {
            Locale::ZhCn => &self.zh_cn,
            Locale::En => &self.en,
        };
        Ok(pen.write(values)?)
    }
}

/// Which members a campaign goes to.
pub struct Circle {
    audience: CampaignAudience,
    enrolled: HashSet<MembershipId>,
}

impl Circle {
    /// Reads the circle of a campaign as it is now.
    ///
    /// # Errors
    /// When the database fails, or holds what nothing here writes.
    pub async fn of(c: &Tx, campaign: &Campaign) -> Result<Self, Failure> {
        let audience = CampaignAudience::parse(&campaign.audience)
            .ok_or_else(|| anyhow::anyhow!("campaign {} has no audience", campaign.id))?;
        let enrolled = match (audience, campaign.promotion_id) {
            (CampaignAudience::AllMembers, _) | (_, None) => HashSet::new(),
            (_, Some(promotion)) => promotion_facts::enrolled(c, promotion).await?,
        };
        Ok(Self { audience, enrolled })
    }

    /// Whether a member belongs to it.
    pub fn takes_in(&self, contact: &Contact) -> bool {
        let is_enrolled = self.enrolled.contains(&contact.membership);
        match self.audience {
            CampaignAudience::AllMembers => true,
            CampaignAudience::Enrolled => is_enrolled,
            CampaignAudience::NotEnrolled => !is_enrolled,
        }
    }
}

/// Refuses a campaign with more addresses than the by-laws allow.
///
/// # Errors
/// 422 `too_many_recipients`.
pub async fn refuse_too_many(c: &Tx, campaign: &Campaign) -> Result<(), Failure> {
    let limit = alliances::by_laws(c, campaign.alliance_id)
        .await?
        .campaign_recipients;
    let circle = Circle::of(c, campaign).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut addresses = HashSet::new();
    let mut after = None;
    loop {
        let (contacts, last) =
            alliances::contacts_after(c, campaign.alliance_id, after, COUNT_CHUNK).await?;
        let taken = contacts.iter().filter(|contact| circle.takes_in(contact));
        addresses.extend(taken.map(|contact| contact.person.email.to_lowercase()));
        if addresses.len() > most {
            return Err(Refused::new(
                &TOO_MANY_RECIPIENTS,
                format!("The by-laws allow {limit} recipients of one campaign."),
            )
            .with("limit", limit)
            .into());
        }
        if last.is_none() {
            return Ok(());
        }
        after = last;
    }
}
