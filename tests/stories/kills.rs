//! Killing the process gains an attacker nothing: what the disk holds at any moment already counts the try.

use walletlock_core::{LockReason, LockStatus, PinChange, PinOutcome};

use crate::camera::{Camera, Picture, calls};
use crate::wallet::{PIN, Wallet, entry, open};

/// A wallet, and a camera that takes pictures of its phone from the start of the app on.
struct Filmed {
    wallet: Wallet,
    camera: Camera,
}

impl Filmed {
    fn enrolled() -> Self {
        let filmed = Self::start(Wallet::unconfigured("walletlock"));
        drop(filmed.wallet.enrol(PIN));
        filmed
    }

    fn start(wallet: Wallet) -> Self {
        let wallet = wallet.restart();
        let camera = Camera::on(&wallet.phone, wallet.folder.path());
        Self { wallet, camera }
    }

    /// The pictures taken since the last time.
    fn pictures(&self) -> Vec<Picture> {
        self.camera.pictures()
    }

    /// Starts the app again on the phone of a picture.
    fn reopen(&self, picture: Picture) -> Wallet {
        let phone = self.wallet.phone.with_keystore(picture.device_key);
        let policy = self.wallet.policy.clone();
        let lock = open(&picture.folder, &phone, &policy).expect("it opens again");
        Wallet { phone, policy, lock, folder: picture.folder }
    }
}

/// The keystore calls of a try for which no seal key was made ahead. The try probes the PIN's key, makes the next seal
/// key and asks it twice, deletes the previous seal key, and asks the PIN's key. A wrong PIN asks that key once more.
const TRY: [&str; 6] = ["ready pin", "create seal", "hmac seal", "hmac seal", "delete seal", "hmac pin"];

#[test]
fn a_try_counts_before_anything_is_known_of_it() {
    let filmed = Filmed::enrolled();
    for (pin, tries_left) in [("700001", 15), (PIN, 14), ("700002", 15)] {
        filmed.pictures();
        drop(filmed.wallet.verify(pin));
        let mut pictures = filmed.pictures();
        let once_more: &[_] = if pin == PIN { &[] } else { &["hmac pin"] };
        assert_eq!(calls(&pictures), [&TRY[..], once_more].concat());
        let wallet = filmed.reopen(pictures.remove(5));
        assert_eq!(wallet.tries_left(), tries_left, "killed at the device key");
        drop(wallet.unlock());
        assert_eq!(wallet.tries_left(), 16, "and the owner still gets in");
    }
}

#[test]
fn killing_the_process_at_every_try_ends_locked_and_never_wiped() {
    for preset in ["walletlock", "trezor"] {
        let mut wallet = Wallet::enrolled(preset);
        for nth in 1..=16 {
            wallet.wait();
            let filmed = Filmed::start(wallet);
            drop(filmed.wallet.guess(nth));
            let before_the_verdict =
                filmed.pictures().into_iter().find(|picture| picture.call == "hmac pin").expect("a picture");
            wallet = filmed.reopen(before_the_verdict);
        }
        let locked = LockReason::TooManyAttempts;
        assert!(matches!(wallet.status(), LockStatus::Locked { reason, .. } if reason == locked), "{preset}");
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)), "{preset}");
    }
}

#[test]
fn enrolment_cut_short_leaves_an_unconfigured_wallet() {
    let filmed = Filmed::enrolled();
    let pictures = filmed.pictures();
    assert_eq!(
        calls(&pictures),
        ["delete wiped", "create seal", "create pin", "hmac seal", "hmac seal", "hmac pin", "hmac pin"]
    );
    for picture in pictures {
        let call = picture.call.clone();
        let wallet = filmed.reopen(picture);
        assert_eq!(wallet.status(), LockStatus::Unconfigured, "killed at {call}");
        assert!(wallet.phone.device_key.all_aliases().is_empty(), "and no key is left");
        drop(wallet.enrol(PIN));
        drop(wallet.unlock());
    }
}

#[test]
fn a_change_cut_short_leaves_the_old_pin_or_the_new_one() {
    let filmed = Filmed::enrolled();
    let session = filmed.wallet.unlock();
    session.vault().write("card", b"4111").expect("written");
    filmed.pictures();
    assert_eq!(
        session.access().change_pin(&entry(PIN), &entry("582941"), &[], true),
        Ok(PinChange::Changed { biometrics_on: false })
    );
    let pictures = filmed.pictures();
    let making = ["create pin", "hmac pin", "hmac pin"];
    let changing = ["create seal", "hmac seal", "hmac seal", "delete seal", "delete pin"];
    assert_eq!(calls(&pictures), [&TRY[..], &making, &changing].concat());
    let committed = pictures.len() - 2;
    for (nth, picture) in pictures.into_iter().enumerate() {
        let wallet = filmed.reopen(picture);
        let (right, wrong) = if nth >= committed { ("582941", PIN) } else { (PIN, "582941") };
        assert!(matches!(wallet.verify(wrong), PinOutcome::Wrong(_)), "killed at call {nth}");
        let PinOutcome::Right(session) = wallet.verify(right) else { panic!("killed at call {nth}: locked out") };
        assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4111");
        let keys = wallet.phone.device_key.all_aliases();
        assert_eq!(keys.len(), 2, "and the keys not in force are gone: {keys:?}");
    }
}

#[test]
fn a_removal_cut_short_is_finished_at_the_next_start() {
    let filmed = Filmed::enrolled();
    filmed.pictures();
    assert_eq!(filmed.wallet.lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    let pictures = filmed.pictures();
    assert_eq!(calls(&pictures), [&TRY[..], &["delete seal", "delete seal", "delete pin"]].concat());
    for picture in pictures.into_iter().skip(TRY.len()) {
        let wallet = filmed.reopen(picture);
        assert_eq!(wallet.status(), LockStatus::Unconfigured);
        assert!(wallet.phone.device_key.all_aliases().is_empty());
    }
}

#[test]
fn a_wipe_cut_short_is_a_wipe() {
    let wallet = Wallet::enrolled("trezor");
    for nth in 1..=15 {
        wallet.guess_wrong(nth);
        wallet.wait();
    }
    let filmed = Filmed::start(wallet);
    assert!(matches!(filmed.wallet.guess(16), PinOutcome::Locked(LockStatus::Wiped)));
    let pictures = filmed.pictures();
    // The keystore may hold a key of the next alias already, so that key is deleted first.
    let trying = ["ready pin", "delete seal", "create seal", "hmac seal", "hmac seal", "delete seal", "hmac pin"];
    assert_eq!(calls(&pictures), [&trying[..], &["hmac pin", "create wiped", "ready wiped", "delete pin"]].concat());
    for picture in pictures.into_iter().skip(trying.len() + 1) {
        let wallet = filmed.reopen(picture);
        assert_eq!(wallet.status(), LockStatus::Wiped);
        let keys = wallet.phone.device_key.all_aliases();
        assert!(
            !keys.iter().any(|alias| alias.contains("/pin/")),
            "the PIN's key must be gone after the next start: {keys:?}"
        );
    }
}
