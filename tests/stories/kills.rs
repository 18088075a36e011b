//! Killing the process gains nothing: what the disk holds at any moment already counts the try.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::{FakeDeviceKey, FakePhone};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{LockReason, LockStatus, Options, PinChange, PinOutcome, WalletLock};
use zeroize::Zeroizing;

use crate::wallet::{PIN, Wallet, entry, open};

/// A device key that takes a picture of the phone each time it is called: what a process killed there leaves behind.
struct Camera {
    device_key: FakeDeviceKey,
    folder: PathBuf,
    pictures: Mutex<Vec<Picture>>,
}

/// The wallet's files and the keystore, at a call of the device key.
struct Picture {
    call: String,
    folder: TempDir,
    device_key: FakeDeviceKey,
}

impl Camera {
    fn take_picture(&self, call: &'static str, alias: &str) {
        let of =
            ["seal", "pin", "wiped"].into_iter().find(|of| alias.contains(&format!("/{of}/"))).expect("a kind of key");
        let call = format!("{call} {of}");
        let folder = TempDir::new().expect("a folder");
        for file in fs::read_dir(&self.folder).expect("the wallet's folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), folder.path().join(file.file_name())).expect("copied");
        }
        let picture = Picture { call, folder, device_key: self.device_key.picture() };
        self.pictures.lock().expect("one at a time").push(picture);
    }
}

impl DeviceKey for Camera {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.device_key.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.take_picture("create", alias);
        self.device_key.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.take_picture("ready", alias);
        self.device_key.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.take_picture("hmac", alias);
        self.device_key.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.take_picture("delete", alias);
        self.device_key.delete(alias)
    }
}

struct Filmed {
    phone: FakePhone,
    policy: Policy,
    camera: Arc<Camera>,
    lock: Arc<WalletLock>,
    _folder: TempDir,
}

impl Filmed {
    fn enrolled() -> Self {
        let folder = TempDir::new().expect("a folder");
        let filmed = Self::start(FakePhone::default(), folder, Policy::default());
        drop(filmed.lock.enrol(&entry(PIN), &[]).expect("enrolled"));
        filmed
    }

    fn start(phone: FakePhone, folder: TempDir, policy: Policy) -> Self {
        let camera = Arc::new(Camera {
            device_key: phone.device_key.clone(),
            folder: folder.path().to_owned(),
            pictures: Mutex::default(),
        });
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: policy.clone(),
            platform: Platform { device_key: camera.clone(), ..phone.platform() },
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        Self { phone, policy, camera, lock, _folder: folder }
    }

    /// The pictures taken since the last time.
    fn pictures(&self) -> Vec<Picture> {
        std::mem::take(&mut self.camera.pictures.lock().expect("one at a time"))
    }

    /// Starts the app again on the phone of a picture.
    fn reopen(&self, picture: Picture) -> Wallet {
        let phone = FakePhone { device_key: picture.device_key, ..self.phone.clone() };
        let lock = open(&picture.folder, &phone, &self.policy).expect("it opens again");
        Wallet { phone, policy: self.policy.clone(), lock, folder: picture.folder }
    }
}

fn calls(pictures: &[Picture]) -> Vec<&str> {
    pictures.iter().map(|picture| picture.call.as_str()).collect()
}

/// What a try asks, with no key made ahead: the next seal's is made, the last one's deleted, and then the PIN's is asked.
const TRY: [&str; 5] = ["ready pin", "create seal", "hmac seal", "delete seal", "hmac pin"];

#[test]
fn a_try_counts_before_anything_is_known_of_it() {
    let filmed = Filmed::enrolled();
    for (pin, tries_left) in [("700001", 15), (PIN, 14), ("700002", 15)] {
        filmed.pictures();
        drop(filmed.lock.verify_pin(&entry(pin)));
        let mut pictures = filmed.pictures();
        assert_eq!(calls(&pictures), TRY);
        let wallet = filmed.reopen(pictures.remove(4));
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
            let Wallet { phone, policy, lock, folder } = wallet;
            drop(lock);
            let filmed = Filmed::start(phone, folder, policy);
            filmed.pictures();
            drop(filmed.lock.verify_pin(&entry(&format!("{:06}", 700_000 + nth))));
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
    let filmed = Filmed::start(FakePhone::default(), TempDir::new().expect("a folder"), Policy::default());
    drop(filmed.lock.enrol(&entry(PIN), &[]).expect("enrolled"));
    let pictures = filmed.pictures();
    assert_eq!(calls(&pictures), ["create seal", "create pin", "hmac seal", "hmac pin"]);
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
    let PinOutcome::Right(session) = filmed.lock.verify_pin(&entry(PIN)) else { panic!("the owner gets in") };
    session.vault().write("card", b"4111").expect("written");
    filmed.pictures();
    assert_eq!(session.access().change_pin(&entry(PIN), &entry("582941"), &[]), Ok(PinChange::Changed));
    let pictures = filmed.pictures();
    let changing = ["create pin", "hmac pin", "create seal", "hmac seal", "delete seal", "delete pin"];
    assert_eq!(calls(&pictures), [&TRY[..], &changing].concat());
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
    assert_eq!(filmed.lock.remove(&entry(PIN)).expect("an outcome").refusal(), None);
    let pictures = filmed.pictures();
    assert_eq!(calls(&pictures), [&TRY[..], &["delete pin", "delete seal"]].concat());
    for picture in pictures.into_iter().skip(5) {
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
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let filmed = Filmed::start(phone, folder, policy);
    filmed.pictures();
    assert!(matches!(filmed.lock.verify_pin(&entry("700016")), PinOutcome::Locked(LockStatus::Wiped)));
    let pictures = filmed.pictures();
    assert_eq!(calls(&pictures), [&TRY[..], &["create wiped", "delete pin"]].concat());
    for picture in pictures.into_iter().skip(5) {
        let wallet = filmed.reopen(picture);
        assert_eq!(wallet.status(), LockStatus::Wiped);
        let keys = wallet.phone.device_key.all_aliases();
        assert!(!keys.iter().any(|alias| alias.contains("/pin/")), "it goes at the next start at the latest: {keys:?}");
    }
}
