//! The phone lacks the memory that checking a PIN needs: no try is charged, and nothing aborts.

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::{AntiRollback, Policy};
use walletlock_core::{Enrolment, LockError, NoVerdict, Options, PinChange, PinOutcome, Refusal, Removal, WalletLock};

use crate::wallet::{PIN, Wallet, entry};

/// This variable is set in the process that has little memory.
const IN_CHILD: &str = "WALLETLOCK_LITTLE_MEMORY";
const COST: KdfCost = KdfCost { memory_kib: 40 * 1024, passes: 1, lanes: 1 };
const PIECE: usize = 8 * 1024 * 1024;

#[test]
fn without_memory_no_try_is_charged() {
    let child = "no_memory::in_a_process_with_little_memory";
    let output = Command::new("sh")
        .args(["-c", r#"ulimit -v 1000000 && exec "$0" --exact "$1" --nocapture"#])
        .arg(std::env::current_exe().expect("this test"))
        .arg(child)
        .env(IN_CHILD, "1")
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

/// The test above runs this in a child process. Without the variable there is enough memory, and nothing to test.
#[test]
fn in_a_process_with_little_memory() {
    if std::env::var_os(IN_CHILD).is_none() {
        return;
    }
    let (phone, folder) = (FakePhone::default(), TempDir::new().expect("a folder"));
    let options = Options {
        path: folder.path().join("wallet.db"),
        policy: Policy::default(),
        platform: phone.platform(),
        calibration: Calibration::Fixed(COST),
        anti_rollback: AntiRollback::WithoutThread,
    };
    let policy = options.policy.clone();
    let lock = Arc::new(WalletLock::open(options).expect("it opens"));
    let wallet = Wallet { phone, policy, lock, folder };
    let Ok(Enrolment::Enrolled(session)) = wallet.lock.enrol(&entry(PIN), &[]) else { panic!("enrolled") };
    wallet.lock.release_memory();
    let ballast = take_all_but_a_little();
    for nth in 0..20 {
        let outcome = wallet.guess(nth);
        assert!(matches!(outcome, PinOutcome::NoVerdict(NoVerdict::NoMemory)), "{outcome:?}");
    }
    assert!(matches!(wallet.verify(PIN), PinOutcome::NoVerdict(NoVerdict::NoMemory)));
    let refused = Ok(PinChange::Refused(Refusal::NoVerdict(NoVerdict::NoMemory)));
    assert_eq!(session.access().change_pin(&entry(PIN), &entry("582941"), &[], true), refused);
    assert_eq!(session.access().set_wipe_pin(&entry(PIN), &entry("111111")), refused);
    assert_eq!(session.access().clear_wipe_pin(&entry(PIN)), refused);
    let refused = Ok(Removal::Refused(Refusal::NoVerdict(NoVerdict::NoMemory)));
    assert_eq!(wallet.lock.remove(&entry(PIN)), refused);
    assert_eq!(wallet.lock.prepare(), Err(LockError::NoMemory));
    drop(ballast);
    assert_eq!(wallet.tries_left(), 16, "nothing was charged");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Right(_)));
}

/// Allocates memory in pieces until there is no more, then frees some: less than a try needs.
fn take_all_but_a_little() -> Vec<Vec<u8>> {
    let mut pieces = Vec::with_capacity(1_000);
    loop {
        let mut piece: Vec<u8> = Vec::new();
        if piece.try_reserve_exact(PIECE).is_err() {
            break;
        }
        pieces.push(black_box(piece));
    }
    pieces.truncate(pieces.len() - 2);
    pieces
}
