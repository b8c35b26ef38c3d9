//! A firm is what people act for: a merchant or a manufacturer. Both live by the same staff rules.

use uuid::Uuid;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MerchantId;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::merchants::problems;

/// A merchant or a manufacturer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firm {
    Merchant(MerchantId),
    Manufacturer(ManufacturerId),
}

impl Firm {
    /// The word for people and for the journal.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Merchant(_) => "merchant",
            Self::Manufacturer(_) => "manufacturer",
        }
    }

    /// The id without its kind.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Merchant(id) => id.0,
            Self::Manufacturer(id) => id.0,
        }
    }
}

/// Why the staff stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    #[error("At least one person has to remain on the staff.")]
    Last,
    #[error("This person is on the staff already.")]
    Already,
}

impl Refusal for StaffError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Last => &problems::LAST_STAFF,
            Self::Already => &problems::STAFF_ALREADY,
        }
    }
}
