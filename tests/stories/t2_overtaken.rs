//! T2: an order that comes at any moment of another call. At each call to the phone while a person changes the PIN,
//! sets a wipe PIN, removes the wallet, unlocks it or writes an item, the provider's order locks it. Once the order is
//! answered, nothing more is opened, changed or removed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::Act;
use walletlock_core::request::{BiometricRequest, PromptId};
use walletlock_core::{
    BiometricChange, BiometricOutcome, LockError, LockReason, LockStatus, PinChange, PinOutcome, Removal, Session,
    WordDone, WordOutcome,
};

use crate::backend::{Backend, done};
use crate::wallet::{PIN, Wallet, entry};

const NEW_PIN: &str = "816349";

/// What a call did, once it returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    /// It opened or changed something.
    Something,
    Nothing,
}

/// How the order was answered, and at which operation on a key it came.
type Answer = (Result<WordOutcome, LockError>, Option<&'static str>);

type Call = fn(&Wallet, &Session) -> Did;

fn did(something: bool) -> Did {
    if something { Did::Something } else { Did::Nothing }
}

fn unlocks(wallet: &Wallet, _: &Session) -> Did {
    match wallet.verify(PIN) {
        // A session of which the order was told before it began is over.
        PinOutcome::Right(session) => did(session.vault().names().is_ok()),
        _ => Did::Nothing,
    }
}

fn touches(wallet: &Wallet, _: &Session) -> Did {
    wallet.phone.biometrics.forget_acts();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    match wallet.lock.verify_biometrics(&BiometricRequest::default()) {
        BiometricOutcome::Unlocked(session) => did(session.vault().names().is_ok()),
        _ => Did::Nothing,
    }
}

fn changes_the_pin(_: &Wallet, session: &Session) -> Did {
    let changed = session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], true);
    did(matches!(changed, Ok(PinChange::Changed { .. })))
}

fn sets_a_wipe_pin(_: &Wallet, session: &Session) -> Did {
    let set = session.access().set_wipe_pin(&entry(PIN), &entry("272727"));
    did(matches!(set, Ok(PinChange::Changed { .. })))
}

fn removes(wallet: &Wallet, _: &Session) -> Did {
    did(matches!(wallet.lock.remove(&entry(PIN)), Ok(Removal::Removed)))
}

fn writes(_: &Wallet, session: &Session) -> Did {
    did(session.vault().write("card-token", b"1234").is_ok())
}

fn reads(_: &Wallet, session: &Session) -> Did {
    did(session.vault().names().is_ok())
}

fn switches_biometrics_off(_: &Wallet, session: &Session) -> Did {
    did(session.access().disable_biometrics().is_ok())
}

/// A wallet with biometrics and an open session, and an order that comes at the nth call to the phone.
struct Scene {
    backend: Backend,
    wallet: Wallet,
    /// How the order was answered, and at which operation on a key it came.
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Scene {
    fn play(call: Call, nth: usize) -> (Self, Did) {
        let (backend, wallet) = Backend::enrolled();
        let session = wallet.unlock();
        wallet.phone.biometrics.queue([Act::OwnerTouches]);
        assert_eq!(session.access().enable_biometrics(PromptId(1)), Ok(BiometricChange::Done));
        let order = backend.lock(&wallet, "lost");
        let answer = Arc::<Mutex<_>>::default();
        let (lock, told, calls, is_inside) =
            (wallet.lock.clone(), answer.clone(), AtomicUsize::new(0), AtomicBool::new(false));
        wallet.phone.hooks.before(move |call| {
            if is_inside.load(Ordering::SeqCst) || calls.fetch_add(1, Ordering::SeqCst) != nth {
                return Ok(());
            }
            is_inside.store(true, Ordering::SeqCst);
            let at = call.on_key().map(|(operation, _)| operation);
            *told.lock().expect("free") = Some((lock.provider().accept(&order), at));
            is_inside.store(false, Ordering::SeqCst);
            Ok(())
        });
        let did = call(&wallet, &session);
        (Self { backend, wallet, answer }, did)
    }

    /// How the order was answered, and at which operation. `None`: the call made fewer calls to the phone.
    fn answer(&self) -> Option<Answer> {
        self.answer.lock().expect("free").clone()
    }
}

/// Whether the journal has a line about a change between the order and the grant.
fn is_changed_after_order(session: &Session) -> bool {
    let page = session.journal().page(&Query::default()).expect("a page");
    let kinds: Vec<_> = page.entries.iter().rev().filter_map(|entry| entry.kind).collect();
    let since_order = kinds.iter().skip_while(|kind| **kind != Kind::LockOrdered);
    let until_grant = since_order.take_while(|kind| **kind != Kind::UnlockGranted);
    let is_change = |kind: &Kind| {
        matches!(kind, Kind::ItemWritten | Kind::PinChanged | Kind::BiometricsOff | Kind::BiometricsRight)
    };
    until_grant.into_iter().any(is_change)
}

#[test]
fn an_order_at_any_moment_of_another_call_wins_or_finds_it_done() {
    for (name, call) in [
        ("unlock", unlocks as Call),
        ("touch", touches),
        ("change the PIN", changes_the_pin),
        ("set a wipe PIN", sets_a_wipe_pin),
        ("remove", removes),
        ("write", writes),
        ("read", reads),
        ("switch biometrics off", switches_biometrics_off),
    ] {
        let (mut overtaken, mut late) = (0, 0);
        for nth in 0.. {
            let (scene, did) = Scene::play(call, nth);
            let Scene { backend, wallet, .. } = &scene;
            match scene.answer() {
                None => {
                    assert_eq!(did, Did::Something, "{name}: the control");
                    break;
                }
                // The removal has begun: there is no wallet any more that could be locked.
                Some((Err(LockError::WrongState), _)) => {
                    assert_eq!((name, did), ("remove", Did::Something), "at {nth}");
                    assert_eq!(wallet.status(), LockStatus::Unconfigured);
                }
                Some((answer, at)) => {
                    assert_eq!(answer, done(WordDone::Locked), "{name} at {nth}");
                    let status = wallet.status();
                    let is_lost = matches!(status, LockStatus::Locked { reason: LockReason::LostOrStolen, .. });
                    assert!(is_lost, "{name} at {nth}: {status:?}");
                    if did == Did::Nothing {
                        overtaken += 1;
                    } else {
                        // It was done when the order came: what follows it is its clearing up.
                        late += 1;
                        assert!(!["unlock", "touch", "read"].contains(&name), "{name} at {nth}: something was opened");
                        assert_eq!(at, Some("delete"), "{name} at {nth}: only old keys are deleted after the change");
                    }
                    assert_eq!(backend.unlock(wallet), WordOutcome::Done(WordDone::Unlocked), "{name} at {nth}");
                    let pin = if did == Did::Something && name == "change the PIN" { NEW_PIN } else { PIN };
                    let PinOutcome::Right(session) = wallet.verify(pin) else {
                        panic!("{name} at {nth}: the wallet is lost")
                    };
                    assert!(!is_changed_after_order(&session), "{name} at {nth}: changed under the lock");
                }
            }
        }
        assert!(overtaken > 0, "{name}: {overtaken} overtaken, {late} late");
    }
}
