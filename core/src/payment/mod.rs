//! The capability payment: limits, what counts against them, reservations, what a person has to prove and reads, and
//! what is signed. `windows.rs` is the rule by which days begin; read it first.

pub(crate) mod authorisation;
pub(crate) mod book;
pub(crate) mod decide;
mod lines;
mod owner_limits;
pub(crate) mod reservation;
mod state;
mod totals;
mod windows;

pub use authorisation::Authorisation;
pub use book::Cell;
pub(crate) use book::{Approved, BOOK_ROW, Book};
pub(crate) use decide::{Decision, Question};
pub use lines::Language;
pub(crate) use lines::{limit_lines, payment_lines};
pub use owner_limits::{LimitChange, OwnerLimit, PendingRaise};
pub use reservation::PaymentState;
pub(crate) use reservation::{Fingerprint, Known, MAX_OPEN, NewReservation, Reservation, Settled, Settlement, Shown};
pub(crate) use state::{BookSeal, Payments};
pub use totals::Exceeded;
pub(crate) use totals::{Counted, Moment};
pub(crate) use windows::Windows;

#[cfg(test)]
mod authorisation_tests;
#[cfg(test)]
mod tests;
