//! A use case in progress: its transaction, who asked, and the conditions of the protocol.
//!
//! Every writing use case has the same shape: load what the caller may see (404), check the role (403),
//! then [`Act::enter`] (replay, 428/412, 422), then decide (409) and write.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use sea_orm::DbErr;
use uuid::Uuid;

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::caller::Caller;
use crate::kernel::caller::UserCaller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::JobId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refused;
use crate::kernel::problem::StoredAnswer;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Reader;
use crate::platform::db::Tx;
use crate::platform::idempotency;
use crate::platform::idempotency::Key;
use crate::platform::journal;
use crate::platform::outbox;
use crate::platform::queue;
use crate::platform::registry::Barred;

/// Who asks for what: a caller and the rule of the operation.
#[derive(Debug, Clone)]
pub struct Asker {
    pub caller: Caller,
    pub rule: Rule,
    bar: Arc<OnceLock<(&'static Kind, &'static str)>>,
    within: Arc<OnceLock<AllianceId>>,
}

impl Asker {
    /// A caller under the rule of an operation.
    pub fn new(caller: Caller, rule: Rule) -> Self {
        Self {
            caller,
            rule,
            bar: Arc::default(),
            within: Arc::default(),
        }
    }

    /// What this caller writes belongs to an alliance: [`Act::enter`] holds it against its end.
    pub fn within(&self, alliance: AllianceId) {
        // A use case writes in one alliance.
        let _ = self.within.set(alliance);
    }

    /// Whatever this caller wants to write is refused with `kind`, in the order of the protocol: by
    /// [`Act::enter`]. Reading goes on.
    pub fn bar(&self, kind: &'static Kind, detail: &'static str) {
        // The first bar stands.
        let _ = self.bar.set((kind, detail));
    }

    /// The person who asks.
    ///
    /// # Errors
    /// `role_required` where the caller is no person.
    pub fn user(&self) -> Result<&UserCaller, Refused> {
        self.caller
            .user()
            .ok_or_else(|| Refused::new(&kinds::ROLE_REQUIRED, "Only a person may do this."))
    }
}

/// What the protocol said about a request.
#[derive(Debug, Clone)]
pub struct Request {
    pub asker: Asker,
    pub request_id: String,
    /// The idempotency key, where one was sent.
    pub key: Option<Key>,
    /// The version of `If-Match`, where one was sent.
    pub if_match: Option<i64>,
    /// Fields of the body that break a rule; reported once the caller is known to be allowed.
    pub invalid: Vec<FieldError>,
}

impl Request {
    /// A request of the service to itself: a sweep or a job.
    pub fn of_system(operation: &'static str) -> Self {
        Self {
            asker: Asker::new(Caller::System, Rule::new(operation, Allow::Public)),
            request_id: operation.to_owned(),
            key: None,
            if_match: None,
            invalid: Vec::new(),
        }
    }
}

/// A writing use case in progress. Dereferences to its transaction.
pub struct Act<'a> {
    tx: &'a Tx,
    pub ctx: &'a Ctx,
    request: &'a Request,
    entered: &'a AtomicBool,
}

impl Deref for Act<'_> {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        self.tx
    }
}

impl Act<'_> {
    /// Who asks, under which rule.
    pub fn asker(&self) -> &Asker {
        &self.request.asker
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.request.asker.caller
    }

    /// The person who asks.
    ///
    /// # Errors
    /// `role_required` where the caller is no person.
    pub fn user(&self) -> Result<&UserCaller, Refused> {
        self.request.asker.user()
    }

    /// The transaction of this use case.
    pub fn tx(&self) -> &Tx {
        self.tx
    }

    /// A fresh id.
    pub fn fresh<T: From<Uuid>>(&self) -> T {
        self.ctx.ids.fresh()
    }

    /// Passes the conditions of the protocol, in their published order: replay, then `If-Match` against
    /// `version` (`None` where the operation has no prior version), then the fields of the body.
    /// Call it once the object is visible and the role is right.
    ///
    /// # Errors
    /// A replay, 428, 412 or 422; 409 where the caller is barred from writing.
    pub async fn enter(&self, version: Option<i64>) -> Result<(), Failure> {
        if let Some(key) = &self.request.key {
            idempotency::check(self.tx, key).await?;
        }
        if let Some(current) = version {
            self.match_version(current)?;
        }
        self.entered.store(true, Ordering::Relaxed);
        if !self.request.invalid.is_empty() {
            return Err(Refused::fields(self.request.invalid.clone()).into());
        }
        match self.barred().await? {
            Some((kind, detail)) => Err(Refused::new(kind, detail).into()),
            None => Ok(()),
        }
    }

    /// Why the caller writes nothing. On PostgreSQL the alliance may have ended since it was read; on SQLite this
    /// transaction is the only one that writes.
    async fn barred(&self) -> Result<Barred, DbErr> {
        if let Some(bar) = self.asker().bar.get() {
            return Ok(Some(*bar));
        }
        match (self.asker().within.get(), self.ctx.registry.hold) {
            (Some(alliance), Some(hold)) if self.tx.is_postgres() => {
                (hold.run)(self.tx, *alliance).await
            }
            _ => Ok(None),
        }
    }

    fn match_version(&self, current: i64) -> Result<(), Failure> {
        match self.request.if_match {
            None if self.asker().rule.if_match_required => Err(Refused::new(
                &kinds::PRECONDITION_REQUIRED,
                "Send If-Match with the ETag that you last read.",
            )
            .into()),
            Some(seen) if seen != current => {
                self.entered.store(true, Ordering::Relaxed);
                Err(Refused::new(
                    &kinds::PRECONDITION_FAILED,
                    "Somebody changed this object since you read it.",
                )
                .with("current_etag", format!("\"v{current}\""))
                .into())
            }
            _ => Ok(()),
        }
    }

    /// Records the act in the journal of `alliance`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record(
        &self,
        action: &str,
        alliance: Option<AllianceId>,
        object: Uuid,
        data: serde_json::Value,
    ) -> Result<(), DbErr> {
        let entry = journal::Entry {
            alliance,
            actor: self.caller(),
            action,
            object,
            data,
            request_id: &self.request.request_id,
        };
        journal::record(self.tx, self.ctx.ids, entry).await
    }

    /// Publishes a fact.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn publish(
        &self,
        topic: &str,
        alliance: Option<AllianceId>,
        payload: serde_json::Value,
    ) -> Result<(), DbErr> {
        outbox::publish(self.tx, self.ctx.ids, topic, alliance, payload).await
    }

    /// Adds a job.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn enqueue(
        &self,
        kind: &str,
        payload: serde_json::Value,
        due_at: Instant,
    ) -> Result<JobId, DbErr> {
        queue::enqueue(self.tx, self.ctx.ids, kind, payload, due_at).await
    }
}

/// A reading use case: who asks, and a connection that cannot write.
pub struct Look<'a> {
    reader: Reader,
    pub ctx: &'a Ctx,
    asker: &'a Asker,
}

impl Deref for Look<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl<'a> Look<'a> {
    /// Opens a reading use case.
    pub fn new(ctx: &'a Ctx, asker: &'a Asker) -> Self {
        Self {
            reader: ctx.db.reader(),
            ctx,
            asker,
        }
    }

    /// Who asks, under which rule.
    pub fn asker(&self) -> &Asker {
        self.asker
    }

    /// The person who asks.
    ///
    /// # Errors
    /// `role_required` where the caller is no person.
    pub fn user(&self) -> Result<&UserCaller, Refused> {
        self.asker.user()
    }

    /// The connection.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// How an outcome is stored under an idempotency key.
pub trait Storable {
    /// Status, headers and body as they will be sent.
    fn stored(&self) -> StoredAnswer;
}

/// What became of a use case.
pub struct Outcome<T> {
    pub result: Result<T, Failure>,
    /// Whether the request passed [`Act::enter`]'s key: a refusal after it is kept for replay.
    pub decided: bool,
}

/// Runs a writing use case in one transaction and keeps its answer under its idempotency key.
/// Where it refuses, everything that it wrote is rolled back.
pub async fn perform<T: Storable>(
    ctx: &Ctx,
    request: &Request,
    work: impl AsyncFn(&Act<'_>) -> Result<T, Failure>,
) -> Outcome<T> {
    let entered = AtomicBool::new(false);
    let result = ctx
        .db
        .write(async |tx| {
            entered.store(false, Ordering::Relaxed);
            let act = Act {
                tx,
                ctx,
                request,
                entered: &entered,
            };
            let value = work(&act).await?;
            if let Some(key) = &request.key {
                idempotency::store(tx, key, &value.stored()).await?;
            }
            Ok(value)
        })
        .await;
    Outcome {
        result,
        decided: entered.load(Ordering::Relaxed),
    }
}

/// Runs a use case of the service itself: a sweep or a job, named `operation` in the journal.
///
/// # Errors
/// What the use case refused.
pub async fn perform_as_system<T>(
    ctx: &Ctx,
    operation: &'static str,
    work: impl AsyncFn(&Act<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let request = Request::of_system(operation);
    let entered = AtomicBool::new(false);
    ctx.db
        .write(async |tx| {
            let act = Act {
                tx,
                ctx,
                request: &request,
                entered: &entered,
            };
            work(&act).await
        })
        .await
}
