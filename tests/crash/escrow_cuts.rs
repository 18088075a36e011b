//! A power cut at every operation on the disk during a recovery by escrow, of a wallet with its record and of one whose
//! record is gone. The cut leaves the old wallet, which the provider opens as before, or the new one with the new PIN
//! and the new code. Both have the item. A recovery that was reported as done stands.

use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use walletlock_core::platform::testing::{FakePhone, TestRng, code_entry, write_down};
use walletlock_core::provider::signer::{EscrowPair, encode, escrow_digest, read_request};
use walletlock_core::{
    CodeOutcome, Enrolment, EscrowOutcome, GrantOutcome, LockReason, LockStatus, PinOutcome, ProviderRequest,
    RecoveryChange, RecoveryOutcome, Session, WalletLock,
};

use crate::disk::{Disk, Flushes};
use crate::orders::{ESCROW, OUTCOMES, PIN, Place};
use crate::phone::{DATABASE, copy, entry};
use crate::say;
use crate::seed::seed;

const NEW_PIN: &str = "582941";
const LATER_PIN: &str = "846205";

/// A wallet before its recovery.
struct Before {
    place: Place,
    disk: Disk,
    phone: FakePhone,
    /// The digest of the slot that the provider opens.
    deposit: String,
    has_record: bool,
}

impl Before {
    /// Escrow is on, the phone is not registered, and everything is flushed.
    fn new(flushes: Flushes) -> Self {
        let (place, disk, phone) = (Place::new(), Disk::new(flushes), FakePhone::default());
        let lock = place.open(&disk, &phone);
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
        session.vault().write("card", b"4111").expect("written");
        assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce));
        let digest = lock.provider().state().expect("a state").escrow_digest.expect("escrow is on");
        drop((session, lock));
        Self { place, disk: disk.after_kill(), phone, deposit: encode(&digest), has_record: true }
    }

    fn without_record(self) -> Self {
        self.place.mount.put(&self.disk);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(self.place.mount.path(DATABASE), flags).expect("a database");
        file.pragma_update(None, "locking_mode", "exclusive").expect("set");
        file.execute_batch("DELETE FROM record").expect("done");
        drop(file);
        let lock = self.place.open(&self.disk.after_kill(), &self.phone);
        let status = lock.status().expect("a status");
        assert!(matches!(status, LockStatus::Locked { reason: LockReason::DataDamaged, .. }), "{status:?}");
        drop(lock);
        Self { has_record: false, ..self }
    }

    /// Asks the provider, which opens the slot that it knows, and sets this PIN and a new code. `None`: it fails.
    /// `paper`: what the owner writes down, before it counts.
    fn recover(&self, lock: &WalletLock, pin: &str, paper: &mut Option<String>) -> Option<Session> {
        let asked = lock.recovery().ask_escrow(&ProviderRequest::default()).expect("a request");
        let EscrowOutcome::Asked(request) = asked else { return None };
        let read = read_request(request.text(), None).expect("a request of a phone that is not registered");
        let (slot, _) = read.escrow.as_ref().expect("a slot");
        if escrow_digest(slot) != self.deposit {
            return None;
        }
        let sealed = EscrowPair::from_private_key(&ESCROW).reseal(request.text(), &read, &[9; 32]).expect("opened");
        let act = format!(r#""act":"escrow","sealed":"{sealed}""#);
        let grant = self.place.grant_to(&read.wallet, &read.installation, &act, request.text(), read.last_order);
        let GrantOutcome::Opened(rescue) = request.redeem(&grant) else { return None };
        let code = rescue.new_code().expect("a code");
        *paper = Some(write_down(&code));
        match rescue.finish(&entry(pin), &[], &code) {
            Ok(RecoveryOutcome::Done { session, .. }) => Some(session),
            _ => None,
        }
    }
}

fn has_item(session: &Session) -> bool {
    session.vault().read("card").is_ok_and(|item| item.is_some_and(|item| item.as_slice() == b"4111"))
}

fn opens_by_code(lock: &Arc<WalletLock>, paper: &str) -> bool {
    matches!(lock.recovery().enter_code(&code_entry(paper)), CodeOutcome::Opened(_))
}

/// What a cut left: the new wallet (`true`) or the old one. `Err`: neither.
fn left(before: &Before, disk: &Disk, phone: &FakePhone, paper: Option<&String>) -> Result<bool, String> {
    let lock = before.place.try_open(disk, phone).map_err(|error| format!("it does not open: {error}"))?;
    let is_new = paper.is_some_and(|paper| opens_by_code(&lock, paper));
    if !is_new {
        let opened = before.has_record.then(|| lock.verify_pin(&entry(PIN)));
        match opened {
            Some(PinOutcome::Right(session)) if has_item(&session) => {}
            None => {}
            Some(other) => return Err(format!("the old PIN: {other:?}")),
        }
        let session = before.recover(&lock, LATER_PIN, &mut None).ok_or("neither the old nor the new")?;
        has_item(&session).then_some(()).ok_or("the item is gone")?;
    }
    drop(lock);
    let lock = before.place.try_open(disk, phone).map_err(|error| format!("it does not open again: {error}"))?;
    match lock.verify_pin(&entry(if is_new { NEW_PIN } else { LATER_PIN })) {
        PinOutcome::Right(session) if has_item(&session) => {}
        other => return Err(format!("new: {is_new}, and the PIN: {other:?}")),
    }
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Wrong(_) => Ok(is_new),
        other => Err(format!("the PIN before the recovery: {other:?}")),
    }
}

/// Cuts the power at every operation of a recovery. Returns how often the cut left the old wallet, the new one, and
/// neither or less than was reported.
fn cut_a_recovery(before: &Before, chance: &mut TestRng) -> (u32, u32, u32) {
    let (mut old, mut new, mut lost) = (0, 0, 0);
    for operations in 0.. {
        let (disk, phone) = (before.disk.after_kill(), copy(&before.phone, 1));
        let lock = before.place.open(&disk, &phone);
        disk.cut_after(operations);
        let mut paper = None;
        let is_done = before.recover(&lock, NEW_PIN, &mut paper).is_some();
        drop(lock);
        for _ in 0..OUTCOMES {
            let cut = disk.after_cut(chance);
            match left(before, &cut, &copy(&phone, 3), paper.as_ref()) {
                Ok(true) => new += 1,
                Ok(false) if !is_done => old += 1,
                Ok(false) | Err(_) => lost += 1,
            }
        }
        if !disk.is_off() {
            assert!(is_done && operations > 10, "cut at {operations} places");
            return (old, new, lost);
        }
    }
    (old, new, lost)
}

#[test]
fn a_recovery_by_escrow_cut_by_a_power_cut_leaves_the_old_or_the_new() {
    for (nth, damage) in [(3, false), (4, true)] {
        let before = Before::new(Flushes::Honest);
        let before = if damage { before.without_record() } else { before };
        let (old, new, lost) = cut_a_recovery(&before, &mut TestRng::nth(seed(), nth));
        assert!(old > 0 && new > 0, "{old} old and {new} new, without record: {damage}");
        assert_eq!(lost, 0, "without record: {damage}");
        say(&format!("power cuts: recovery by escrow, without record: {damage}: {old} left the old, {new} the new"));
    }
}

/// The control.
#[test]
fn a_disk_that_does_not_flush_loses_recoveries_by_escrow() {
    let (_, _, lost) = cut_a_recovery(&Before::new(Flushes::Dropped), &mut TestRng::nth(seed(), 5));
    assert!(lost > 0);
}
