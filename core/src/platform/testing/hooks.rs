//! Hooks around the parts of a phone, with which a test intervenes at a call that it chooses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::lock;
use crate::events::Event;
use crate::platform::{
    Answer, Biometrics, Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, Platform, PlatformFault,
    Prompt, SecurityLevel, SensorAvailability,
};
use crate::time::Now;

/// A call to a part of the phone. Each variant has the name of the method.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the traits say what each is")]
pub enum Call<'a> {
    Now,
    Fill,
    Aliases {
        prefix: &'a str,
    },
    Exists {
        alias: &'a str,
    },
    Create {
        alias: &'a str,
        purpose: KeyPurpose,
    },
    Ready {
        alias: &'a str,
    },
    Hmac {
        alias: &'a str,
    },
    Delete {
        alias: &'a str,
    },
    SecurityLevel {
        alias: &'a str,
    },
    PublicKey {
        alias: &'a str,
    },
    Sign {
        alias: &'a str,
    },
    Availability,
    /// Before [`Biometrics::show`].
    Show(&'a Prompt, &'a Answer),
    /// After [`Biometrics::show`], when the sensor has the prompt.
    Shown,
    Dismiss,
    OnEvent(&'a Event),
}

impl<'a> Call<'a> {
    /// The operation and the alias, if the call asks for, makes, probes, uses or deletes one key.
    pub fn on_key(self) -> Option<(&'static str, &'a str)> {
        match self {
            Call::Exists { alias } => Some(("exists", alias)),
            Call::Create { alias, .. } => Some(("create", alias)),
            Call::Ready { alias } => Some(("ready", alias)),
            Call::Hmac { alias } => Some(("hmac", alias)),
            Call::Delete { alias } => Some(("delete", alias)),
            Call::PublicKey { alias } => Some(("public key", alias)),
            Call::Sign { alias } => Some(("sign", alias)),
            _ => None,
        }
    }

    /// Whether the call does `operation`, as [`Call::on_key`] names it, with a key of this kind: `pin`, `seal`,
    /// `wiped`, `lost`, `installation` or `biometric`.
    pub fn is(self, operation: &str, kind: &str) -> bool {
        self.on_key().is_some_and(|(done, alias)| done == operation && alias.contains(&format!("/{kind}/")))
    }
}

/// Functions of a test that run before or after a call to a part of the phone. Clones share them.
///
/// Hooks run in the order in which they were set, on the thread of the call, while no mutex is held. A hook may block,
/// panic, call the lock, and set further hooks; those run from the next call on. The first hook that returns `Err` ends
/// the call with this fault, or with [`PlatformFault`] if the part is not the keystore. Then the part is not called, or
/// its answer is dropped. No hook runs after a call that failed by itself.
///
/// As a [`Listener`], it passes each event to the hooks set with [`Hooks::before`].
#[derive(Clone, Default)]
pub struct Hooks {
    before: Arc<Mutex<Vec<Hook>>>,
    after: Arc<Mutex<Vec<Hook>>>,
    unmet: Arc<AtomicUsize>,
}

type Hook = Arc<dyn Fn(Call<'_>) -> Result<(), DeviceKeyFault> + Send + Sync>;

impl Hooks {
    /// Calls `hook` before every call.
    pub fn before(&self, hook: impl Fn(Call<'_>) -> Result<(), DeviceKeyFault> + Send + Sync + 'static) {
        lock(&self.before).push(Arc::new(hook));
    }

    /// Calls `hook` after every call that succeeded.
    pub fn after(&self, hook: impl Fn(Call<'_>) -> Result<(), DeviceKeyFault> + Send + Sync + 'static) {
        lock(&self.after).push(Arc::new(hook));
    }

    /// Runs `happens` once, before the next call that `at` selects.
    pub fn once_before(
        &self,
        at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static,
        happens: impl FnOnce() + Send + 'static,
    ) {
        self.before(self.once(at, happens));
    }

    /// Runs `happens` once, after the next call that `at` selects and that succeeds.
    pub fn once_after(
        &self,
        at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static,
        happens: impl FnOnce() + Send + 'static,
    ) {
        self.after(self.once(at, happens));
    }

    /// Makes the next call that `at` selects fail with this fault.
    pub fn fail_next(&self, at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static, fault: DeviceKeyFault) {
        self.fail_after(0, at, fault);
    }

    /// Lets `succeed` more calls that `at` selects pass, then makes one fail with this fault.
    pub fn fail_after(
        &self,
        succeed: usize,
        at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static,
        fault: DeviceKeyFault,
    ) {
        let unmet = self.expect_one();
        let calls = AtomicUsize::new(0);
        self.before(move |call| {
            if !at(call) || calls.fetch_add(1, Ordering::SeqCst) != succeed {
                return Ok(());
            }
            unmet.fetch_sub(1, Ordering::SeqCst);
            Err(fault)
        });
    }

    /// How many of the hooks that act once have not acted yet, because the call was not made.
    pub fn unmet(&self) -> usize {
        self.unmet.load(Ordering::SeqCst)
    }

    /// Wraps the hooks around these parts.
    pub fn around(&self, platform: Platform) -> Platform {
        let Platform { clock, entropy, device_key, biometrics } = platform;
        Platform {
            clock: Arc::new(Hooked { part: clock, hooks: self.clone() }),
            entropy: Arc::new(Hooked { part: entropy, hooks: self.clone() }),
            device_key: Arc::new(Hooked { part: device_key, hooks: self.clone() }),
            biometrics: Arc::new(Hooked { part: biometrics, hooks: self.clone() }),
        }
    }

    fn once(
        &self,
        at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static,
        happens: impl FnOnce() + Send + 'static,
    ) -> impl Fn(Call<'_>) -> Result<(), DeviceKeyFault> + Send + Sync + 'static {
        let (unmet, happens) = (self.expect_one(), Mutex::new(Some(happens)));
        move |call| {
            let happens = if at(call) { lock(&happens).take() } else { None };
            if let Some(happens) = happens {
                unmet.fetch_sub(1, Ordering::SeqCst);
                happens();
            }
            Ok(())
        }
    }

    fn expect_one(&self) -> Arc<AtomicUsize> {
        self.unmet.fetch_add(1, Ordering::SeqCst);
        self.unmet.clone()
    }
}

fn report(hooks: &Mutex<Vec<Hook>>, call: Call<'_>) -> Result<(), DeviceKeyFault> {
    let hooks = lock(hooks).clone();
    hooks.iter().try_for_each(|hook| hook(call))
}

impl Listener for Hooks {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        report(&self.before, Call::OnEvent(&event)).map_err(|_| PlatformFault)
    }
}

/// A part with hooks around it.
struct Hooked<T: ?Sized> {
    part: Arc<T>,
    hooks: Hooks,
}

impl<T: ?Sized> Hooked<T> {
    /// Calls the part, with the hooks before and after. `as_fault` converts a hook's fault to the part's type of fault.
    fn call<R, F>(
        &self,
        call: Call<'_>,
        as_fault: fn(DeviceKeyFault) -> F,
        ask: impl FnOnce(&T) -> Result<R, F>,
    ) -> Result<R, F> {
        report(&self.hooks.before, call).map_err(as_fault)?;
        let answer = ask(&self.part)?;
        report(&self.hooks.after, call).map_err(as_fault)?;
        Ok(answer)
    }
}

fn of_platform(_: DeviceKeyFault) -> PlatformFault {
    PlatformFault
}

fn of_device_key(fault: DeviceKeyFault) -> DeviceKeyFault {
    fault
}

impl Clock for Hooked<dyn Clock> {
    fn now(&self) -> Result<Now, PlatformFault> {
        self.call(Call::Now, of_platform, |clock| clock.now())
    }
}

impl Entropy for Hooked<dyn Entropy> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        self.call(Call::Fill, of_platform, |entropy| entropy.fill(bytes))
    }
}

impl DeviceKey for Hooked<dyn DeviceKey> {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.call(Call::Aliases { prefix }, of_device_key, |keys| keys.aliases(prefix))
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        self.call(Call::Exists { alias }, of_device_key, |keys| keys.exists(alias))
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.call(Call::Create { alias, purpose }, of_device_key, |keys| keys.create(alias, purpose))
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.call(Call::Ready { alias }, of_device_key, |keys| keys.ready(alias))
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.call(Call::Hmac { alias }, of_device_key, |keys| keys.hmac(alias, input))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.call(Call::Delete { alias }, of_device_key, |keys| keys.delete(alias))
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.call(Call::SecurityLevel { alias }, of_device_key, |keys| keys.security_level(alias))
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        self.call(Call::PublicKey { alias }, of_device_key, |keys| keys.public_key(alias))
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        self.call(Call::Sign { alias }, of_device_key, |keys| keys.sign(alias, message))
    }

    fn instance(&self) -> u64 {
        self.part.instance()
    }
}

impl Biometrics for Hooked<dyn Biometrics> {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        self.call(Call::Availability, of_platform, |sensor| sensor.availability())
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        report(&self.hooks.before, Call::Show(&prompt, &answer)).map_err(of_platform)?;
        self.part.show(prompt, answer)?;
        report(&self.hooks.after, Call::Shown).map_err(of_platform)
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        self.call(Call::Dismiss, of_platform, |sensor| sensor.dismiss())
    }
}

#[cfg(test)]
mod tests {
    use super::super::FakePhone;
    use super::*;

    fn is_now(call: Call<'_>) -> bool {
        matches!(call, Call::Now)
    }

    #[test]
    fn a_fault_is_answered_in_place_of_the_part_and_ends_the_call() {
        let phone = FakePhone::default();
        let (keys, heard) = (phone.platform().device_key, Arc::new(Mutex::new(Vec::new())));
        let hears = |what: &'static str| {
            let heard = heard.clone();
            move |call: Call<'_>| {
                lock(&heard).push((what, call.on_key().map(|(operation, _)| operation)));
                Ok(())
            }
        };
        phone.hooks.before(hears("before"));
        phone.hooks.fail_after(1, |call| call.is("create", "pin"), DeviceKeyFault::Busy);
        phone.hooks.before(hears("next"));
        phone.hooks.after(hears("after"));
        assert_eq!(keys.create("wallet/pin/1", KeyPurpose::PinSlot), Ok(()));
        assert_eq!(phone.hooks.unmet(), 1);
        assert_eq!(keys.create("wallet/pin/2", KeyPurpose::PinSlot), Err(DeviceKeyFault::Busy));
        assert_eq!(phone.hooks.unmet(), 0);
        assert_eq!(keys.ready("wallet/pin/2"), Err(DeviceKeyFault::Gone), "the fake was not asked for the key");
        assert_eq!(keys.aliases("wallet/").map(|aliases| aliases.len()), Ok(1));
        let create = |what| (what, Some("create"));
        let ready = |what| (what, Some("ready"));
        let all = [create("before"), create("next"), create("after"), create("before"), ready("before"), ready("next")];
        assert_eq!(*lock(&heard), [&all[..], &[("before", None), ("next", None), ("after", None)]].concat());
        phone.hooks.after(|_| Err(DeviceKeyFault::Failed));
        assert_eq!(phone.platform().clock.now(), Err(PlatformFault), "other parts than the keystore have one fault");
        assert_eq!(keys.create("wallet/pin/3", KeyPurpose::PinSlot), Err(DeviceKeyFault::Failed));
        assert!(
            phone.device_key.all_aliases().contains(&"wallet/pin/3".to_owned()),
            "the key was made before the hook failed"
        );
    }

    #[test]
    fn a_hook_may_call_the_phone_and_set_hooks_that_count_from_the_next_call_on() {
        let phone = FakePhone::default();
        let (platform, hooks) = (phone.platform(), phone.hooks.clone());
        let clock = platform.clock.clone();
        phone.hooks.once_before(is_now, move || {
            assert!(clock.now().is_ok(), "the hook runs only once");
            hooks.fail_next(is_now, DeviceKeyFault::Failed);
        });
        assert!(platform.clock.now().is_ok());
        assert_eq!(phone.hooks.unmet(), 1);
        assert_eq!(platform.clock.now(), Err(PlatformFault));
        assert!(platform.clock.now().is_ok());
        assert_eq!(phone.hooks.unmet(), 0);
    }
}
