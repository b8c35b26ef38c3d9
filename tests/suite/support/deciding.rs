//! Decisions without the voting: for tests of what follows from them.

use guildhall::ballots;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::MandateId;
use guildhall::mandates;
use guildhall::mandates::Decision;
use guildhall::mandates::Matter;
use guildhall::platform::act;
use uuid::Uuid;

use crate::support::TestApp;

impl TestApp {
    /// Lets an alliance decide for a subject as it stands, as a carried ballot would; what follows by itself
    /// is done when the work is drained.
    pub async fn decide(&self, alliance: &str, matter: Matter, subject: &str) -> MandateId {
        self.choose(alliance, matter, subject, None).await
    }

    /// As [`Self::decide`]; of a choice among options, one wins.
    pub async fn choose(
        &self,
        alliance: &str,
        matter: Matter,
        subject: &str,
        option: Option<&str>,
    ) -> MandateId {
        let alliance: AllianceId = alliance.parse().expect("an id");
        let subject: Uuid = subject.parse().expect("an id");
        act::perform_as_system(self.ctx(), "test", async |act| {
            let found = ballots::subject_of(act.tx(), alliance, matter, subject).await?;
            let found = found.expect("a subject");
            let won = found.options.iter().find(|o| Some(o.id.as_str()) == option);
            let content_hash = match option {
                Some(_) => won.expect("an option").content_hash.clone(),
                None => found.content_hash,
            };
            let decision = Decision {
                alliance,
                matter,
                subject,
                content_hash,
                source: format!("ballot:{}", act.fresh::<MandateId>()),
            };
            mandates::issue(act, decision).await
        })
        .await
        .expect("a mandate")
    }
}
