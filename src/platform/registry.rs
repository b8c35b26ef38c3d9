//! What the slices bring to the worker and the door; `app` fills it, so that nothing imports upward.

use std::future::Future;
use std::pin::Pin;

use chrono::TimeDelta;
use sea_orm::DbErr;

use crate::kernel::access::Rule;
use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Kind;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::links::Link;
use crate::platform::outbox::Event;
use crate::platform::queue::Job;
use crate::platform::queue::JobFailure;

/// A future that stays on its thread.
pub type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Does the work of one kind of job. Every job must survive being run twice.
#[derive(Clone, Copy)]
pub struct JobHandler {
    pub kind: &'static str,
    pub run: fn(Ctx, Job) -> Local<Result<(), JobFailure>>,
}

/// Reacts to the facts of one topic; runs as a job of its own, at least once.
#[derive(Clone, Copy)]
pub struct Consumer {
    pub topic: &'static str,
    pub name: &'static str,
    pub run: fn(Ctx, Event) -> Local<Result<(), JobFailure>>,
}

/// Recomputes something from state: takes no argument, may run at any time, does nothing where nothing is due.
#[derive(Clone, Copy)]
pub struct Sweep {
    pub name: &'static str,
    /// Least time between two runs of one process; the sandbox's drain runs it at once.
    pub every: TimeDelta,
    /// Answers how many things it did.
    pub run: fn(Ctx) -> Local<Result<u64, Failure>>,
}

/// A number that a transaction reads.
pub type Counting<'a> = Pin<Box<dyn Future<Output = Result<u64, DbErr>> + 'a>>;

/// What of a slice has to be finished before an alliance can end.
#[derive(Clone, Copy)]
pub struct Unfinished {
    /// In the words of the API, such as `funds`.
    pub what: &'static str,
    /// How many there are in an alliance.
    pub count: for<'a> fn(&'a Tx, AllianceId) -> Counting<'a>,
}

/// Why nothing is written in an alliance, if so.
pub type Barred = Option<(&'static Kind, &'static str)>;

/// An alliance that a transaction holds.
pub type Holding<'a> = Pin<Box<dyn Future<Output = Result<Barred, DbErr>> + 'a>>;

/// Holds the alliance of a write against its end until the write is committed: what comes before the end is seen by
/// it, and what comes after is refused. Writes do not wait for each other.
#[derive(Clone, Copy)]
pub struct Hold {
    pub run: for<'a> fn(&'a Tx, AllianceId) -> Holding<'a>,
}

/// Who a credential belongs to, where it is one of the authenticator's own.
pub type Identified = Result<Option<Caller>, Failure>;

/// Turns a bearer credential into a caller. `None`: not one of mine.
#[derive(Clone, Copy)]
pub struct Authenticator {
    pub run: fn(Ctx, String) -> Local<Identified>,
}

/// Serves the links of one kind: what their page shows, and what its button does.
#[derive(Clone, Copy)]
pub struct LinkHandler {
    pub kind: &'static str,
    /// Shows; changes nothing, however often a mail scanner follows the link.
    pub show: fn(Ctx, Link) -> Local<Result<Leaflet, Failure>>,
    /// Acts, with the fields of the form.
    pub act: fn(Ctx, Link, Form) -> Local<Result<Leaflet, Failure>>,
}

/// Fields of a posted form.
pub type Form = std::collections::HashMap<String, String>;

/// How an alliance appears in its mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the sender.
    pub name: String,
    /// Who reads the answers.
    pub reply_to: Option<String>,
    /// Whether its advertising must say so.
    pub marks_advertising: bool,
    /// Whether its advertising goes only to who said yes to it.
    pub asks_for_consent: bool,
}

/// A letterhead, where the alliance has one.
pub type FoundLetterhead = Result<Option<Letterhead>, Failure>;

/// Tells the letterhead of an alliance.
#[derive(Clone, Copy)]
pub struct Letterheads {
    pub run: fn(Ctx, AllianceId) -> Local<FoundLetterhead>,
}

/// Computes stored instants anew from the local times that they stand for.
#[derive(Clone, Copy)]
pub struct Recompute {
    /// Of what.
    pub name: &'static str,
    /// Answers how many instants moved.
    pub run: fn(Ctx) -> Local<Result<u64, Failure>>,
}

/// Everything that `app` collected from the slices.
#[derive(Clone, Default)]
pub struct Registry {
    pub rules: Vec<Rule>,
    pub jobs: Vec<JobHandler>,
    pub consumers: Vec<Consumer>,
    pub sweeps: Vec<Sweep>,
    pub authenticators: Vec<Authenticator>,
    pub links: Vec<LinkHandler>,
    pub unfinished: Vec<Unfinished>,
    pub hold: Option<Hold>,
    pub kinds: Vec<&'static Kind>,
    pub recomputes: Vec<Recompute>,
    pub letterheads: Option<Letterheads>,
    /// The link by which the recipient of a letter of a campaign refuses such mail.
    pub refusal_link: Option<fn(&Ctx, DeliveryId) -> String>,
}
