//! The platform's parts panic in the middle of a call that has the PIN. What is printed of that, and what is left of the call.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use walletlock_core::events::Event;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::platform::{
    Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, NoBiometrics, Platform, PlatformFault,
};
use walletlock_core::{Now, PinOutcome};
use zeroize::Zeroizing;

use super::secrets::found;
use super::{PIN, WRONG_PIN, Wallet, entry, planted};

/// Says what the panic hooks of one thread print, and lets all others be printed.
struct Overheard {
    said: Arc<Mutex<String>>,
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// One test at a time has the process's hook.
static HOOK: Mutex<()> = Mutex::new(());

impl Overheard {
    fn during(thread: ThreadId, call: impl FnOnce()) -> Self {
        let _alone = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
        let said = Arc::new(Mutex::new(String::new()));
        let before: Arc<Hook> = Arc::new(panic::take_hook());
        let (heard, others) = (said.clone(), before.clone());
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == thread {
                // What the standard hook prints, and what a crash reporter gets.
                let text = format!("{info} {info:?} {}", std::backtrace::Backtrace::force_capture());
                heard.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            } else {
                others(info);
            }
        }));
        call();
        drop(panic::take_hook());
        panic::set_hook(Box::new(move |info| before(info)));
        Self { said }
    }

    fn text(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Panics where it is told to, as soon as it is armed.
struct Panicking {
    phone: FakePhone,
    place: &'static str,
    armed: AtomicBool,
}

impl Panicking {
    fn reach(&self, place: &str) {
        if place == self.place && self.armed.swap(false, Ordering::Relaxed) {
            panic!("{place} gives up");
        }
    }
}

impl Clock for Panicking {
    fn now(&self) -> Result<Now, PlatformFault> {
        self.reach("clock");
        self.phone.clock.now()
    }
}

impl Entropy for Panicking {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        self.reach("entropy");
        self.phone.entropy.fill(bytes)
    }
}

impl DeviceKey for Panicking {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.phone.device_key.aliases(prefix)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.phone.device_key.create(alias, purpose)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.reach("probe");
        self.phone.device_key.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.reach("device key");
        self.phone.device_key.hmac(alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.phone.device_key.delete(alias)
    }
}

impl Listener for Panicking {
    fn on_event(&self, _: Event) -> Result<(), PlatformFault> {
        self.reach("listener");
        Ok(())
    }
}

#[test]
fn a_panic_in_the_middle_says_nothing_and_leaves_no_digits() {
    for place in ["clock", "entropy", "probe", "device key", "listener"] {
        for pin in [PIN, WRONG_PIN] {
            let phone = FakePhone::default();
            let parts = Arc::new(Panicking { phone: phone.clone(), place, armed: AtomicBool::new(false) });
            let platform = Platform {
                clock: parts.clone(),
                entropy: parts.clone(),
                device_key: parts.clone(),
                biometrics: Arc::new(NoBiometrics),
            };
            let wallet = Wallet::on(phone, platform);
            wallet.lock.add_listener(parts.clone());
            drop(wallet.enrol());
            parts.armed.store(true, Ordering::Relaxed);
            let typed = entry(pin);
            let mut payload: Option<Box<dyn Any + Send>> = None;
            let overheard = Overheard::during(thread::current().id(), || {
                payload = panic::catch_unwind(AssertUnwindSafe(|| drop(wallet.lock.verify_pin(&typed)))).err();
            });
            let message = payload.as_ref().and_then(|payload| payload.downcast_ref::<String>()).expect("it panicked");
            assert_eq!(*message, format!("{place} gives up"), "and says its own words");
            let said = overheard.text();
            assert!(said.contains("gives up"), "the control: {said}");
            assert_eq!(found(&planted(), said.as_bytes()), [""; 0], "{said}");
            assert_eq!(typed.length(), 0, "{place}: the digits are gone");
            assert!(matches!(wallet.lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), "{place}: the lock goes on");
        }
    }
}
