//! Secret votes. A slip is stored under a pseudonym and encrypted; both depend on the key file, so that rows, a
//! backup, or the order in which rows were written tell nobody who voted how. All slips are equally long and
//! carry no time. Whoever controls the running process with its key file can open them: that is not protected
//! against.
//!
//! The voter gets a salt, once. After the close the receipts are published: `SHA-256("ballot:round:choice:salt")`
//! in hexadecimal, in the order of these. Who kept its salt finds its vote there and nobody else's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::resolve::Cast;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::secret;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::ctx::Ctx;
use crate::platform::random;

const SALT: usize = 18;

/// What a voter keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Shown once, stored encrypted only.
    pub salt: String,
    /// What will be published, in hexadecimal.
    pub digest: String,
}

/// A vote as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip {
    pub how: Cast,
    /// The place of the answer on the ballot paper.
    mark: u8,
    salt: [u8; SALT],
}

impl Slip {
    /// A slip with a fresh salt.
    pub fn fresh(ctx: &Ctx, how: Cast, mark: usize) -> Result<Self, Failure> {
        Ok(Self {
            how,
            mark: u8::try_from(mark).map_err(anyhow::Error::new)?,
            salt: ctx.random.bytes()?,
        })
    }

    /// What it says.
    pub fn word<'p>(&self, paper: &'p Paper) -> Result<&'p str, Failure> {
        let word = paper.words().get(usize::from(self.mark)).copied();
        word.ok_or_else(|| anyhow::anyhow!("a slip marks no place of its paper").into())
    }

    /// What its voter keeps.
    pub fn receipt(&self, ballot: &Ballot, paper: &Paper) -> Result<Receipt, Failure> {
        let salt = URL_SAFE_NO_PAD.encode(self.salt);
        let text = format!(
            "{}:{}:{}:{salt}",
            ballot.id,
            ballot.round,
            self.word(paper)?
        );
        let digest = random::digest(text.as_bytes());
        Ok(Receipt {
            salt,
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// Encrypts the slip; always to the same length.
    pub fn seal(&self, ctx: &Ctx, pseudonym: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut plain = vec![u8::from(self.how == Cast::ByProxy), self.mark];
        plain.extend_from_slice(&self.salt);
        Ok(ctx.keys.wrap(&bound_to(pseudonym), &plain)?)
    }

    /// Opens a stored slip.
    pub fn open(ctx: &Ctx, pseudonym: &[u8], sealed: &[u8]) -> Result<Self, Failure> {
        let plain = ctx.keys.unwrap(&bound_to(pseudonym), sealed)?;
        let spoilt = || anyhow::anyhow!("a slip has the wrong length");
        let [how, mark, salt @ ..] = plain.as_slice() else {
            return Err(spoilt().into());
        };
        Ok(Self {
            how: if *how == 1 {
                Cast::ByProxy
            } else {
                Cast::InPerson
            },
            mark: *mark,
            salt: salt.try_into().map_err(|_| spoilt())?,
        })
    }
}

/// A slip moved to another pseudonym does not open.
fn bound_to(pseudonym: &[u8]) -> String {
    format!("ballot.slip:{}", URL_SAFE_NO_PAD.encode(pseudonym))
}

/// Under which name a member's slip of the present round is stored.
pub(super) fn pseudonym(ctx: &Ctx, ballot: &Ballot, member: MembershipId) -> Vec<u8> {
    let of = format!("{}:{}:{member}", ballot.id, ballot.round);
    ctx.keys.mac("ballot.pseudonym", of.as_bytes()).to_vec()
}

/// Which of some members have voted in the present round.
pub(super) async fn voters_among(
    ctx: &Ctx,
    c: &impl ConnectionTrait,
    ballot: &Ballot,
    of: &[MembershipId],
) -> Result<Vec<MembershipId>, Failure> {
    let named: Vec<(MembershipId, Vec<u8>)> = of
        .iter()
        .map(|member| (*member, pseudonym(ctx, ballot, *member)))
        .collect();
    let pseudonyms: Vec<Vec<u8>> = named.iter().map(|(_, p)| p.clone()).collect();
    let known = secret::known_among(c, ballot, &pseudonyms).await?;
    let voted = named.into_iter().filter(|(_, p)| known.contains(p));
    Ok(voted.map(|(member, _)| member).collect())
}

/// A receipt with the id under which it is listed: the beginning of its digest, so that the order of the list
/// is the order of the digests and tells nothing.
pub(super) fn listed(receipt: &Receipt) -> Result<(Uuid, String), Failure> {
    let head = receipt.digest.get(..32).unwrap_or_default();
    let id = Uuid::try_parse(head).map_err(anyhow::Error::new)?;
    Ok((id, receipt.digest.clone()))
}
