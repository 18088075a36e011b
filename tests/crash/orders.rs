//! A power cut at every operation on the disk while an order locks the wallet, and while a grant unlocks it. Once the
//! order was answered, it stands through any cut, by the record alone and not only by its mark. Until then the cut
//! leaves the old or the new, and both go on.

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::platform::DeviceKey;
use walletlock_core::platform::testing::{FakePhone, TestRng};
use walletlock_core::policy::{ClearsUnusual, KeyRole, Policy, ProviderPolicy, presets};
use walletlock_core::provider::signer::{EscrowPair, Signer, decode, encode, read_request, request_hash};
use walletlock_core::{
    Enrolment, LockError, LockReason, LockStatus, PinOutcome, ProviderRequest, RequestKind, WalletLock, WordDone,
    WordError, WordOutcome,
};

use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{copy, entry, open};
use crate::seed::seed;

pub(crate) const PIN: &str = "493716";
/// The provider's private key for escrow.
pub(crate) const ESCROW: [u8; 32] = [4; 32];
/// Outcomes drawn for each cut.
pub(crate) const OUTCOMES: u64 = 12;

pub(crate) struct Place {
    pub(crate) mount: Mount,
    policy: Policy,
    online: Signer,
    guarded: Signer,
    _folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with_policy(presets::walletlock())
    }

    /// The same with this policy, to which the provider is added.
    pub(crate) fn with_policy(policy: Policy) -> Self {
        let [online, guarded, offline] = [1, 2, 3].map(|seed| Signer::from_seed(&[seed; 32]));
        let keys = vec![online.key(KeyRole::Online), guarded.key(KeyRole::Guarded), offline.key(KeyRole::Guarded)];
        let unusual = ClearsUnusual::Pin;
        let escrow_key = Some(EscrowPair::from_private_key(&ESCROW).key());
        let provider = ProviderPolicy { keys, allowance_h: None, warn_percent: 80, unusual, escrow_key };
        let folder = TempDir::new().expect("a folder");
        let mount = Mount::new(folder.path().to_owned());
        let policy = Policy { provider: Some(provider), ..policy };
        Self { mount, policy, online, guarded, _folder: folder }
    }

    pub(crate) fn open(&self, disk: &Disk, phone: &FakePhone) -> Arc<WalletLock> {
        self.try_open(disk, phone).expect("it opens")
    }

    pub(crate) fn try_open(&self, disk: &Disk, phone: &FakePhone) -> Result<Arc<WalletLock>, LockError> {
        open(&self.mount, disk, phone, &self.policy)
    }

    pub(crate) fn grant(&self, lock: &WalletLock, installation: &str, act: &str, request: &str, after: u64) -> String {
        let aud = encode(&lock.provider().state().expect("a state").wallet);
        self.grant_to(&aud, installation, &format!(r#""act":"{act}""#), request, after)
    }

    /// A grant with these ids. `act`: the claim `act`, and what belongs to it.
    pub(crate) fn grant_to(&self, aud: &str, sub: &str, act: &str, request: &str, after: u64) -> String {
        // A person has verified the owner, and called back the account's number.
        self.grant_with(aud, sub, act, request, after, &[("person", "elsewhere"), ("sms", "phone")])
    }

    /// The same with these proofs, each by its method and place.
    pub(crate) fn grant_with(
        &self,
        aud: &str,
        sub: &str,
        act: &str,
        request: &str,
        after: u64,
        proofs: &[(&str, &str)],
    ) -> String {
        let req = request_hash(request);
        // Each proof answers a question of its own.
        let digest = decode(&req).expect("a hash");
        let proof = |(nth, (method, place)): (usize, &(&str, &str))| {
            let challenge = encode(&digest[nth..nth + 16]);
            format!(r#"{{"method":"{method}","place":"{place}","challenge":"{challenge}"}}"#)
        };
        let proofs = proofs.iter().enumerate().map(proof).collect::<Vec<_>>().join(",");
        let claims =
            format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}",{act},"req":"{req}","after":{after},"proofs":[{proofs}]}}"#);
        self.guarded.sign("grant", &claims)
    }

    fn lost(&self, lock: &WalletLock) -> String {
        let aud = encode(&lock.provider().state().expect("a state").wallet);
        self.online.sign("order", &format!(r#"{{"v":1,"aud":"{aud}","seq":1,"act":"lock","reason":"lost"}}"#))
    }

    /// The provider's word that so many minor units of this authorisation were charged.
    pub(crate) fn settlement(&self, aud: &str, sub: &str, jti: &str, payment: &str, minor: u64) -> String {
        let named = format!(r#""aud":"{aud}","sub":"{sub}","jti":"{jti}","payment":"{payment}""#);
        self.online.sign("settle", &format!(r#"{{"v":1,{named},"state":"captured","captured_minor":{minor}}}"#))
    }

    /// The answer to a new request for a heartbeat. The provider has sent this many orders.
    fn heartbeat(&self, lock: &WalletLock, installation: &str, last_order: u64) -> String {
        let request = lock.provider().request(RequestKind::Heartbeat, &ProviderRequest::default()).expect("a request");
        let (aud, req) = (encode(&lock.provider().state().expect("a state").wallet), request_hash(&request));
        let named = format!(r#""aud":"{aud}","sub":"{installation}""#);
        let claims = format!(r#"{{"v":1,{named},"iat":1767225600,"req":"{req}","last_order":{last_order}}}"#);
        self.online.sign("heartbeat", &claims)
    }

    /// A phone that its provider has registered, with everything flushed. Returns its name there, too.
    fn registered(&self, flushes: Flushes) -> (Disk, FakePhone, String) {
        let (disk, phone) = (Disk::new(flushes), FakePhone::default());
        let lock = self.open(&disk, &phone);
        assert!(matches!(lock.enrol(&entry(PIN), &[]), Ok(Enrolment::Enrolled(_))));
        let request = lock.provider().register(&ProviderRequest::default()).expect("a request");
        let installation = read_request(&request, None).expect("a request of a phone").installation;
        let grant = self.grant(&lock, &installation, "register", &request, 0);
        assert_eq!(lock.provider().redeem(&grant), Ok(WordOutcome::Done(WordDone::Registered)));
        drop(lock);
        (disk.after_kill(), phone, installation)
    }

    /// What a cut after so many operations of `call` leaves: the answer, the disk and the phone.
    pub(crate) fn cut<T>(
        &self,
        before: (&Disk, &FakePhone),
        operations: u64,
        call: impl Fn(&WalletLock, &FakePhone) -> T,
    ) -> (T, Disk, FakePhone) {
        let (disk, phone) = (before.0.after_kill(), copy(before.1, 1));
        let lock = self.open(&disk, &phone);
        disk.cut_after(operations);
        let answer = call(&lock, &phone);
        drop(lock);
        (answer, disk, phone)
    }

    /// Whether the wallet is locked as lost. `None`: it does not open as that wallet.
    fn state(&self, disk: &Disk, phone: &FakePhone) -> Option<bool> {
        let lock = self.try_open(disk, phone).ok()?;
        match lock.status().expect("a status") {
            LockStatus::Ready { .. } => Some(false),
            LockStatus::Locked { reason: LockReason::LostOrStolen, .. } => Some(true),
            _ => None,
        }
    }

    fn is_lost(&self, disk: &Disk, phone: &FakePhone) -> bool {
        self.state(disk, phone).expect("the wallet opens")
    }
}

fn without_lost_marks(phone: &FakePhone) -> FakePhone {
    let phone = copy(phone, 2);
    for mark in phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/lost/")) {
        phone.device_key.delete(mark).expect("deleted");
    }
    phone
}

/// Cuts the power at every operation of an order. Returns how often the record had lost an order that was answered.
fn cut_an_order(flushes: Flushes) -> u32 {
    let place = Place::new();
    let (disk, phone, _) = place.registered(flushes);
    let lost = place.lost(&place.open(&disk.after_kill(), &copy(&phone, 1)));
    let chance = &mut TestRng::nth(seed(), 1);
    let (mut operations, mut lost_orders) = (0, 0);
    loop {
        let (answer, cut, phone) = place.cut((&disk, &phone), operations, |lock, _| lock.provider().accept(&lost));
        let is_answered = answer == Ok(WordOutcome::Done(WordDone::Locked));
        for outcome in 0..OUTCOMES {
            let left = cut.after_cut(chance);
            let by_record = place.state(&left.after_kill(), &without_lost_marks(&phone));
            if is_answered && by_record != Some(true) {
                lost_orders += 1;
            }
            if flushes != Flushes::Honest {
                continue;
            }
            let phone = copy(&phone, 3);
            let first = place.is_lost(&left, &phone);
            assert!(first || !is_answered, "cut after {operations}, outcome {outcome}");
            assert_eq!(place.is_lost(&left, &phone), first, "cut after {operations}: the second opening differs");
            let again = place.open(&left, &phone).provider().accept(&lost);
            assert_eq!(again, Ok(WordOutcome::Done(WordDone::Locked)), "cut after {operations}: delivered again");
        }
        if !cut.is_off() {
            break;
        }
        operations += 1;
    }
    assert!(operations > 3, "cut at {operations} places");
    lost_orders
}

#[test]
fn an_order_that_was_answered_stands_through_any_power_cut() {
    assert_eq!(cut_an_order(Flushes::Honest), 0);
}

/// The control.
#[test]
fn a_disk_that_does_not_flush_loses_orders() {
    assert!(cut_an_order(Flushes::Dropped) > 0);
}

#[test]
fn a_grant_cut_by_a_power_cut_leaves_the_old_or_the_new() {
    let place = Place::new();
    let (disk, phone, installation) = place.registered(Flushes::Honest);
    let (request, grant) = {
        let lock = place.open(&disk, &phone);
        assert_eq!(lock.provider().accept(&place.lost(&lock)), Ok(WordOutcome::Done(WordDone::Locked)));
        let request = lock.provider().request(RequestKind::Unlock, &ProviderRequest::default()).expect("a request");
        let grant = place.grant(&lock, &installation, "unlock", &request, 1);
        (request, grant)
    };
    assert!(read_request(&request, None).is_none(), "only a request to register brings its key");
    let disk = disk.after_kill();
    let chance = &mut TestRng::nth(seed(), 2);
    let mut operations = 0;
    loop {
        let (answer, cut, phone) = place.cut((&disk, &phone), operations, |lock, _| lock.provider().redeem(&grant));
        let is_answered = answer == Ok(WordOutcome::Done(WordDone::Unlocked));
        for outcome in 0..OUTCOMES {
            let (left, phone) = (cut.after_cut(chance), copy(&phone, 3));
            let is_lost = place.is_lost(&left, &phone);
            assert!(!is_lost || !is_answered, "cut after {operations}, outcome {outcome}: it locked again");
            assert_eq!(place.is_lost(&left, &phone), is_lost, "cut after {operations}: the second opening differs");
            let lock = place.open(&left, &phone);
            let again = lock.provider().redeem(&grant);
            // The request was not flushed before, so a cut may have taken it along.
            if again == Ok(WordOutcome::Refused(WordError::NotAsked)) {
                assert!(is_lost, "cut after {operations}");
                continue;
            }
            assert_eq!(again, Ok(WordOutcome::Done(WordDone::Unlocked)), "cut after {operations}");
            assert!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "cut after {operations}");
        }
        if !cut.is_off() {
            break;
        }
        operations += 1;
    }
    assert!(operations > 3, "cut at {operations} places");
}

#[test]
fn an_order_locks_also_if_the_disk_fails() {
    let place = Place::new();
    let (disk, phone, _) = place.registered(Flushes::Honest);
    let lock = place.open(&disk, &phone);
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("not opened") };
    let lost = place.lost(&lock);
    disk.fail_next_flush();
    assert_eq!(lock.provider().accept(&lost), Err(LockError::Storage));
    assert!(!session.is_live(), "the order is authentic, whatever the disk does");
    assert!(
        matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Locked(_)),
        "the PIN opens the file anew, with the mark"
    );
    assert_eq!(lock.provider().accept(&lost), Ok(WordOutcome::Done(WordDone::Locked)), "it opens the file anew");
    assert_lost(&lock);
}

#[test]
fn an_order_locks_also_if_the_storage_failed_before_it() {
    let place = Place::new();
    let (disk, phone, _) = place.registered(Flushes::Honest);
    let lock = place.open(&disk, &phone);
    let lost = place.lost(&lock);
    disk.fail_next_flush();
    assert!(!matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "the try could not be charged");
    assert_eq!(lock.provider().accept(&lost), Ok(WordOutcome::Done(WordDone::Locked)));
    assert_lost(&lock);
}

#[test]
fn a_withheld_order_locks_also_if_the_disk_fails() {
    let place = Place::new();
    let (disk, phone, installation) = place.registered(Flushes::Honest);
    let lock = place.open(&disk, &phone);
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("not opened") };
    let heartbeat = place.heartbeat(&lock, &installation, 1);
    disk.fail_next_flush();
    assert_eq!(lock.provider().heartbeat(&heartbeat, &[]), Err(LockError::Storage));
    assert!(!session.is_live(), "the heartbeat is authentic, whatever the disk does");
    assert!(
        matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Locked(_)),
        "the PIN opens the file anew, with the mark"
    );
    let status = lock.recheck().expect("a status");
    assert!(matches!(status, LockStatus::Locked { reason: LockReason::ProviderOrder, .. }), "{status:?}");
}

#[test]
fn an_order_that_fails_stops_no_order_behind_it() {
    let place = Place::new();
    let (disk, phone, installation) = place.registered(Flushes::Honest);
    let lock = place.open(&disk, &phone);
    let aud = encode(&lock.provider().state().expect("a state").wallet);
    let freeze = place.online.sign("order", &format!(r#"{{"v":1,"aud":"{aud}","seq":1,"act":"freeze"}}"#));
    let claims = format!(r#"{{"v":1,"aud":"{aud}","seq":2,"act":"lock","reason":"lost"}}"#);
    let lost = place.online.sign("order", &claims);
    let heartbeat = place.heartbeat(&lock, &installation, 2);
    disk.fail_next_flush();
    assert_eq!(lock.provider().heartbeat(&heartbeat, &[&freeze, &lost]), Err(LockError::Storage));
    assert_lost(&lock);
    assert!(lock.provider().state().expect("a state").is_frozen, "the mark of the freeze counts, too");
}

fn assert_lost(lock: &WalletLock) {
    let status = lock.status().expect("a status");
    assert!(matches!(status, LockStatus::Locked { reason: LockReason::LostOrStolen, .. }), "{status:?}");
}
