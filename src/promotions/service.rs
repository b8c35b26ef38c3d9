//! Use cases of promotions.

mod clock;
mod drafting;
mod enrolling;
mod loaded;
mod mailed;
mod notices;
mod reading;
mod transitions;

pub use clock::consumers;
pub use clock::sweeps;
pub use drafting::Changes;
pub use drafting::Content;
pub use drafting::Plan;
pub use drafting::change;
pub use drafting::create;
pub use enrolling::Item;
pub use enrolling::decide;
pub use enrolling::enrol;
pub use enrolling::list as list_enrolments;
pub use enrolling::read as read_enrolment;
pub use enrolling::withdraw;
pub use loaded::Loaded;
pub use mailed::enrol_link;
pub use mailed::links;
pub use reading::PhaseTimes;
pub use reading::Summary;
pub use reading::ballot_subject;
pub use reading::enrolled_members;
pub use reading::list;
pub use reading::read;
pub use reading::summary;
pub use transitions::cancel;
pub use transitions::propose;
pub use transitions::re_date;
pub use transitions::schedule;
