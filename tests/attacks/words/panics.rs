//! The platform's parts panic in the middle of a call that has the PIN. The tests look at what is printed, and at what
//! is left of the call.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use walletlock_core::PinOutcome;
use walletlock_core::platform::testing::Call;

use super::secrets::found;
use super::{PIN, WRONG_PIN, Wallet, entry, planted};

/// Records what the panic hook would print for one thread. Panics of other threads are printed as usual.
struct Overheard {
    said: Arc<Mutex<String>>,
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// The panic hook belongs to the whole process, so only one test at a time may replace it.
static HOOK: Mutex<()> = Mutex::new(());

impl Overheard {
    fn during(thread: ThreadId, call: impl FnOnce()) -> Self {
        let _alone = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
        let said = Arc::new(Mutex::new(String::new()));
        let before: Arc<Hook> = Arc::new(panic::take_hook());
        let (heard, others) = (said.clone(), before.clone());
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == thread {
                // The text that the standard hook prints, and that a crash reporter receives.
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

#[test]
fn a_panic_in_the_middle_says_nothing_and_leaves_no_digits() {
    type Place = (&'static str, fn(Call<'_>) -> bool);
    let places: [Place; 5] = [
        ("clock", |call| matches!(call, Call::Now)),
        ("entropy", |call| matches!(call, Call::Fill)),
        ("probe", |call| matches!(call, Call::Ready { .. })),
        ("device key", |call| matches!(call, Call::Hmac { .. })),
        ("listener", |call| matches!(call, Call::OnEvent(_))),
    ];
    for (place, at) in places {
        for pin in [PIN, WRONG_PIN] {
            let wallet = Wallet::enrolled();
            wallet.lock.add_listener(Arc::new(wallet.phone.hooks.clone()));
            wallet.phone.hooks.once_before(at, move || panic!("{place} gives up"));
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
