//! U14: one tap stops every payment. Opening again needs the PIN; after a panic it needs more.

use walletlock_core::provider::signer::read_request;
use walletlock_core::recovery::Task;
use walletlock_core::request::Channel;
use walletlock_core::{
    Frozen, LockError, PanicOutcome, PaymentRefusal, ProviderRequest, RequestKind, Unfreezing, WordDone,
};

use crate::backend::done;
use crate::till::{alone, approved, ask, day_limit, pay, payment, payment_by, refused, with_provider};
use crate::wallet::{PIN, entry};

const DAY_MS: u64 = 24 * 3_600_000;

#[test]
fn one_tap_stops_everything_also_while_locked_and_the_pin_ends_it() {
    let wallet = alone(day_limit(1_000));
    wallet.lock.payments().freeze(None).expect("frozen");
    let frozen = Frozen { by_owner: true, ..Frozen::default() };
    assert_eq!(refused(ask(&wallet, &payment("a", 1))), [PaymentRefusal::Frozen(frozen)]);
    assert_eq!(wallet.lock.payments().state().expect("a state").frozen, frozen);
    let session = wallet.unlock();
    assert_eq!(session.access().unfreeze(None), Ok(Unfreezing::Done));
    assert_eq!(session.access().unfreeze(None), Ok(Unfreezing::NothingFrozen));
    approved(pay(&wallet, &payment("a", 1)));
}

#[test]
fn one_channel_alone_can_be_stopped() {
    let wallet = alone(day_limit(1_000));
    wallet.lock.payments().freeze(Some(Channel::CodeShown)).expect("frozen");
    let frozen = Frozen { channel: true, ..Frozen::default() };
    let shown = payment_by("a", 1, Channel::CodeShown);
    assert_eq!(refused(ask(&wallet, &shown)), [PaymentRefusal::Frozen(frozen)]);
    approved(pay(&wallet, &payment("b", 1)));
    let session = wallet.unlock();
    assert_eq!(session.access().unfreeze(Some(Channel::Online)), Ok(Unfreezing::NothingFrozen));
    assert_eq!(session.access().unfreeze(Some(Channel::CodeShown)), Ok(Unfreezing::Done));
    approved(pay(&wallet, &shown));
}

#[test]
fn a_freeze_while_the_sheet_is_shown_stops_that_payment() {
    let wallet = alone(day_limit(1_000));
    let handle = crate::till::needs(ask(&wallet, &payment("a", 1))).handle;
    wallet.lock.payments().freeze(None).expect("frozen");
    let tries_left = wallet.tries_left();
    let outcome = wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome");
    assert!(matches!(refused(outcome)[..], [PaymentRefusal::Frozen(_)]));
    assert_eq!(wallet.tries_left(), tries_left);
}

#[test]
fn the_provider_gets_a_signed_notice() {
    let (backend, wallet) = with_provider(day_limit(1_000));
    let said = || {
        let text = wallet.lock.provider().request(RequestKind::FreezeNotice, &ProviderRequest::default());
        let read = read_request(&text.expect("a notice"), Some(&backend.registered_key())).expect("signed");
        assert_eq!(read.kind, "freeze");
        read.frozen.expect("it says what")
    };
    assert!(said().is_empty());
    wallet.lock.payments().freeze(Some(Channel::Online)).expect("frozen");
    assert_eq!(said(), ["online"]);
    wallet.lock.payments().freeze(None).expect("frozen");
    assert_eq!(said(), ["all"]);
}

#[test]
fn after_a_panic_the_pin_alone_does_not_undo_it() {
    let wallet = alone(day_limit(1_000));
    let session = wallet.unlock();
    session.payments().panic_freeze().expect("frozen");
    assert_eq!(session.vault().names(), Err(LockError::SessionEnded), "every session ended");
    let frozen = Frozen { by_owner: true, in_panic: true, ..Frozen::default() };
    assert_eq!(refused(ask(&wallet, &payment("a", 1))), [PaymentRefusal::Frozen(frozen)]);
    let session = wallet.unlock();
    assert_eq!(session.access().unfreeze(None), Ok(Unfreezing::Waits { left_ms: DAY_MS }));
    wallet.phone.clock.advance_ms(DAY_MS - 1);
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::Waits { left_ms: 1 }));
    wallet.phone.clock.advance_ms(1);
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::Done));
    approved(pay(&wallet, &payment("a", 1)));
}

#[test]
fn a_panic_with_the_pin_needs_the_right_one() {
    let wallet = alone(day_limit(1_000));
    let refused = wallet.lock.payments().panic_freeze(&entry("700001")).expect("an outcome");
    assert!(matches!(refused, PanicOutcome::Refused(_)), "{refused:?}");
    assert!(!wallet.lock.payments().state().expect("a state").frozen.in_panic);
    assert_eq!(wallet.lock.payments().panic_freeze(&entry(PIN)), Ok(PanicOutcome::Frozen));
    assert!(wallet.lock.payments().state().expect("a state").frozen.in_panic);
}

#[test]
fn the_providers_grant_ends_a_panic() {
    let (backend, wallet) = with_provider(day_limit(1_000));
    assert_eq!(wallet.lock.payments().panic_freeze(&entry(PIN)), Ok(PanicOutcome::Frozen));
    let request = backend.request(&wallet, RequestKind::Unfreeze);
    let grant = backend.grant(&wallet, "unfreeze", &request, 0);
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unfrozen));
    assert!(!wallet.lock.payments().state().expect("a state").frozen.in_panic);
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::Done), "the owner's own freeze");
    approved(pay(&wallet, &payment("a", 1)));
}

#[test]
fn a_panic_begins_a_list_of_what_to_do() {
    let (_, wallet) = with_provider(day_limit(1_000));
    assert_eq!(wallet.lock.payments().panic_freeze(&entry(PIN)), Ok(PanicOutcome::Frozen));
    let session = wallet.unlock();
    let open = |session: &walletlock_core::Session| {
        let lines = session.access().checklist().expect("a list");
        lines.into_iter().filter(|line| !line.is_done).map(|line| line.task).collect::<Vec<_>>()
    };
    assert_eq!(open(&session), [Task::ChangePin, Task::SecondFactor, Task::ReviewJournal, Task::Report]);
    let changed = session.access().change_pin(&entry(PIN), &entry("865298"), &[], false).expect("an outcome");
    assert!(matches!(changed, walletlock_core::PinChange::Changed { .. }), "{changed:?}");
    assert_eq!(open(&session), [Task::SecondFactor, Task::ReviewJournal, Task::Report]);
}
