//! A keystore that gives wrong answers, as Android's does when it fails: it lists nothing, says that a key does not
//! exist, or returns a wrong HMAC. A wrong answer, a delay or a fault is called a misbehaviour here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::{Call, FakeClock, FakeDeviceKey, FakePhone, TestRng, lock};
use crate::platform::{Clock, DeviceKey, DeviceKeyFault, KeyPurpose, Platform, SecurityLevel};
use crate::time::Now;

/// How long [`Misbehaviour::IsBusyForAMinute`] lasts.
const BUSY_MS: u64 = 60_000;
/// How long a call with [`Misbehaviour::IsSlow`] takes.
const SLOW_MS: u64 = 2_000;

/// A way in which a keystore misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// It lists nothing.
    ListsNothing,
    /// It leaves every second alias out of a list.
    ListsLess,
    /// It says that the key does not exist.
    IsNotThere,
    /// It fails as if the key were gone: Android's `getKey` returned `null`.
    IsGone,
    /// One bit of an HMAC is wrong, each time another bit.
    FlipsABit,
    /// It reports that it made a key, but has not kept it.
    LosesTheNewKey,
    /// It permanently loses the key that the call asks about or uses.
    LosesForGood,
    /// It is busy for a minute of the phone's clock.
    IsBusyForAMinute,
    /// It takes two seconds of the phone's clock, and then answers correctly.
    IsSlow,
    /// It returns this fault and does nothing.
    Fails(DeviceKeyFault),
}

impl Misbehaviour {
    /// All that are temporary: afterwards the keys are there as if nothing had happened. A new key that is lost at once
    /// is among them, because nothing depends on that key yet.
    pub const TEMPORARY: [Self; 12] = [
        Self::ListsNothing,
        Self::ListsLess,
        Self::IsNotThere,
        Self::IsGone,
        Self::FlipsABit,
        Self::LosesTheNewKey,
        Self::IsBusyForAMinute,
        Self::IsSlow,
        Self::Fails(DeviceKeyFault::Gone),
        Self::Fails(DeviceKeyFault::Busy),
        Self::Fails(DeviceKeyFault::NoHardware),
        Self::Fails(DeviceKeyFault::Failed),
    ];

    /// Whether a keystore can misbehave in this way at this call.
    fn fits(self, call: Call<'_>) -> bool {
        match self {
            Self::ListsNothing | Self::ListsLess => matches!(call, Call::Aliases { .. }),
            Self::IsNotThere => matches!(call, Call::Exists { .. }),
            Self::IsGone => matches!(call, Call::Ready { .. } | Call::Hmac { .. } | Call::SecurityLevel { .. }),
            Self::FlipsABit => matches!(call, Call::Hmac { .. }),
            Self::LosesTheNewKey => matches!(call, Call::Create { .. }),
            Self::LosesForGood => matches!(call, Call::Exists { .. } | Call::Ready { .. } | Call::Hmac { .. }),
            Self::IsBusyForAMinute | Self::IsSlow | Self::Fails(_) => true,
        }
    }
}

/// One misbehaviour that happened: which one, at which operation, and for which alias or prefix of aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "said above")]
pub struct Injected {
    pub misbehaviour: Misbehaviour,
    pub operation: &'static str,
    pub alias: String,
}

/// A fake keystore that misbehaves where a test says so, or at random. Clones share it. Otherwise it answers as
/// [`FakeDeviceKey`] does.
///
/// At random, it never misbehaves twice in a row at the same operation for the same alias. A keystore that always gives
/// the same wrong answer would in effect be another keystore.
#[derive(Clone)]
pub struct FaultyKeystore {
    keys: FakeDeviceKey,
    clock: Arc<FakeClock>,
    state: Arc<Mutex<State>>,
}

/// Selects the calls at which the keystore may misbehave.
type Picks = Arc<dyn Fn(Call<'_>) -> bool + Send + Sync>;

#[derive(Default)]
struct State {
    /// Each of these happens once.
    planned: Vec<(Misbehaviour, Picks)>,
    random: Option<Random>,
    /// The operations and aliases at which the last call misbehaved.
    just_misbehaved: BTreeSet<(&'static str, String)>,
    busy_until: Option<Now>,
    injected: Vec<Injected>,
    repeats_same_fault: bool,
}

struct Random {
    rng: TestRng,
    one_in: usize,
    misbehaviours: Vec<Misbehaviour>,
}

impl Random {
    fn draw(&mut self, call: Call<'_>) -> Option<Misbehaviour> {
        if !self.rng.one_in(self.one_in) {
            return None;
        }
        let fitting: Vec<_> = self.misbehaviours.iter().copied().filter(|one| one.fits(call)).collect();
        fitting.get(self.rng.below(fitting.len())).copied()
    }
}

impl FaultyKeystore {
    /// A faulty keystore around the keystore of this phone.
    pub fn of(phone: &FakePhone) -> Self {
        Self { keys: phone.device_key.clone(), clock: phone.clock.clone(), state: Arc::default() }
    }

    /// The phone's platform with this keystore. The phone's hooks see each call before the keystore answers.
    pub fn platform(&self, phone: &FakePhone) -> Platform {
        phone.platform_with(Arc::new(self.clone()))
    }

    /// Makes the keystore misbehave in this way once, at the next call that `at` selects and where that is possible.
    pub fn inject(&self, misbehaviour: Misbehaviour, at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static) {
        lock(&self.state).planned.push((misbehaviour, Arc::new(at)));
    }

    /// From now on, the keystore misbehaves in one of these ways at about one call in `one_in`. The calls and the ways
    /// are drawn from the random stream of `seed`.
    pub fn inject_at_random(&self, seed: u64, one_in: usize, misbehaviours: &[Misbehaviour]) {
        lock(&self.state).random =
            Some(Random { rng: TestRng::new(seed), one_in, misbehaviours: misbehaviours.to_vec() });
    }

    /// For a control test: the keystore may answer one question falsely twice in a row, and always flips the first bit.
    pub fn repeat_same_fault(&self) {
        lock(&self.state).repeats_same_fault = true;
    }

    /// From now on, the keystore does not misbehave.
    pub fn stop(&self) {
        let mut state = lock(&self.state);
        (state.random, state.busy_until) = (None, None);
        state.planned.clear();
    }

    /// What happened so far.
    pub fn injected(&self) -> Vec<Injected> {
        lock(&self.state).injected.clone()
    }

    /// How often the keystore has misbehaved so far.
    pub fn count(&self) -> usize {
        lock(&self.state).injected.len()
    }

    /// How many of those set with [`Self::inject`] have not happened yet, because the call was not made.
    pub fn unmet(&self) -> usize {
        lock(&self.state).planned.len()
    }

    /// How to misbehave at this call, and how often the keystore has misbehaved before. What needs no wrong answer
    /// (faults, delays, a lost key) takes effect here.
    fn misbehave(&self, call: Call<'_>) -> Result<Option<(Misbehaviour, usize)>, DeviceKeyFault> {
        let (operation, alias) = match call {
            Call::Aliases { prefix } => ("aliases", prefix),
            Call::SecurityLevel { alias } => ("security level", alias),
            call => call.on_key().unwrap_or_default(),
        };
        let mut state = lock(&self.state);
        let now = self.clock.now().map_err(|_| DeviceKeyFault::Failed)?;
        if state.busy_until.is_some_and(|until| until.boot == now.boot && now.since_boot_ms < until.since_boot_ms) {
            return Err(DeviceKeyFault::Busy);
        }
        let place = (operation, alias.to_owned());
        let just_misbehaved = state.just_misbehaved.remove(&place) && !state.repeats_same_fault;
        let planned = state.planned.iter().position(|(misbehaviour, at)| misbehaviour.fits(call) && at(call));
        let misbehaviour = match planned {
            Some(planned) => Some(state.planned.remove(planned).0),
            None => state.random.as_mut().filter(|_| !just_misbehaved).and_then(|random| random.draw(call)),
        };
        let Some(misbehaviour) = misbehaviour else { return Ok(None) };
        let nth = if state.repeats_same_fault { 0 } else { state.injected.len() };
        state.just_misbehaved.insert(place);
        state.injected.push(Injected { misbehaviour, operation, alias: alias.to_owned() });
        match misbehaviour {
            Misbehaviour::IsBusyForAMinute => {
                state.busy_until = Some(Now { since_boot_ms: now.since_boot_ms + BUSY_MS, ..now });
                Err(DeviceKeyFault::Busy)
            }
            Misbehaviour::Fails(fault) => Err(fault),
            Misbehaviour::IsGone => Err(DeviceKeyFault::Gone),
            Misbehaviour::IsSlow => {
                self.clock.advance_ms(SLOW_MS);
                Ok(None)
            }
            Misbehaviour::LosesForGood => self.keys.delete(alias).map(|()| None),
            misbehaviour => Ok(Some((misbehaviour, nth))),
        }
    }
}

impl DeviceKey for FaultyKeystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let misbehaviour = self.misbehave(Call::Aliases { prefix })?;
        let aliases = self.keys.aliases(prefix)?;
        Ok(match misbehaviour {
            Some((Misbehaviour::ListsNothing, _)) => Vec::new(),
            Some((_, nth)) => aliases.into_iter().skip(nth % 2).step_by(2).collect(),
            None => aliases,
        })
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        let misbehaviour = self.misbehave(Call::Exists { alias })?;
        Ok(self.keys.exists(alias)? && misbehaviour.is_none())
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let misbehaviour = self.misbehave(Call::Create { alias, purpose })?;
        self.keys.create(alias, purpose)?;
        if misbehaviour.is_some() { self.keys.delete(alias) } else { Ok(()) }
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.misbehave(Call::Ready { alias })?;
        self.keys.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let misbehaviour = self.misbehave(Call::Hmac { alias })?;
        let mut output = self.keys.hmac(alias, input)?;
        if let Some((_, nth)) = misbehaviour
            && let Some(byte) = output.get_mut(nth / 8 % 32)
        {
            *byte ^= 1 << (nth % 8);
        }
        Ok(output)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.misbehave(Call::Delete { alias })?;
        self.keys.delete(alias)
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.misbehave(Call::SecurityLevel { alias })?;
        self.keys.security_level(alias)
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        self.misbehave(Call::PublicKey { alias })?;
        self.keys.public_key(alias)
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        self.misbehave(Call::Sign { alias })?;
        self.keys.sign(alias, message)
    }

    fn instance(&self) -> u64 {
        self.keys.instance()
    }
}

/// How often each misbehaviour happened.
pub fn tally<'a>(injected: impl IntoIterator<Item = &'a Injected>) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for one in injected {
        *tally.entry(format!("{:?} ({})", one.misbehaviour, one.operation)).or_insert(0) += 1;
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "place/wallet/pin/1";

    fn on_pin(call: Call<'_>) -> bool {
        call.on_key().is_some_and(|(_, alias)| alias == KEY)
    }

    fn everything(_: Call<'_>) -> bool {
        true
    }

    #[test]
    fn each_misbehaviour_happens_once_and_the_keys_are_as_they_were() {
        let phone = FakePhone::default();
        let faulty = FaultyKeystore::of(&phone);
        let keys = faulty.platform(&phone).device_key;
        assert_eq!(keys.create(KEY, KeyPurpose::PinSlot), Ok(()));
        let right = keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec());
        for misbehaviour in [
            Misbehaviour::ListsNothing,
            Misbehaviour::ListsLess,
            Misbehaviour::IsNotThere,
            Misbehaviour::FlipsABit,
            Misbehaviour::IsGone,
            Misbehaviour::IsGone,
        ] {
            faulty.inject(misbehaviour, everything);
        }
        assert_eq!(keys.aliases("place/"), Ok(vec![]));
        assert!(
            keys.aliases("place/").is_ok_and(|aliases| aliases.is_empty()),
            "a list of one key, without every second"
        );
        assert_eq!(keys.aliases("place/"), Ok(vec![KEY.to_owned()]));
        assert_eq!((keys.exists(KEY), keys.exists(KEY)), (Ok(false), Ok(true)));
        assert_ne!(keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec()), right);
        assert_eq!((keys.ready(KEY), keys.ready(KEY)), (Err(DeviceKeyFault::Gone), Err(DeviceKeyFault::Gone)));
        assert_eq!(keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec()), right);
        assert_eq!((faulty.unmet(), faulty.count()), (0, 6));
    }

    #[test]
    fn what_takes_time_takes_that_of_the_phones_clock() {
        let phone = FakePhone::default();
        let faulty = FaultyKeystore::of(&phone);
        let since_boot = || phone.clock.now().map(|now| now.since_boot_ms);
        let before = since_boot();
        faulty.inject(Misbehaviour::IsSlow, everything);
        assert_eq!(faulty.create(KEY, KeyPurpose::PinSlot), Ok(()));
        assert_eq!(since_boot(), before.map(|ms| ms + SLOW_MS));
        faulty.inject(Misbehaviour::IsBusyForAMinute, on_pin);
        assert_eq!(faulty.ready(KEY), Err(DeviceKeyFault::Busy));
        phone.clock.advance_ms(BUSY_MS - 1);
        assert_eq!(faulty.ready(KEY), Err(DeviceKeyFault::Busy));
        phone.clock.advance_ms(1);
        assert_eq!(faulty.ready(KEY), Ok(()));
    }

    #[test]
    fn lost_keys_are_lost_and_at_random_no_call_misbehaves_twice_in_a_row() {
        let phone = FakePhone::default();
        let faulty = FaultyKeystore::of(&phone);
        faulty.inject(Misbehaviour::LosesTheNewKey, everything);
        assert_eq!(faulty.create(KEY, KeyPurpose::PinSlot), Ok(()));
        assert_eq!(faulty.ready(KEY), Err(DeviceKeyFault::Gone));
        assert_eq!(faulty.create(KEY, KeyPurpose::PinSlot), Ok(()));
        faulty.inject_at_random(1, 1, &[Misbehaviour::IsNotThere]);
        for _ in 0..3 {
            assert_eq!((faulty.exists(KEY), faulty.exists(KEY)), (Ok(false), Ok(true)));
        }
        faulty.stop();
        faulty.inject(Misbehaviour::LosesForGood, on_pin);
        assert_eq!((faulty.exists(KEY), faulty.ready(KEY)), (Ok(false), Err(DeviceKeyFault::Gone)));
        assert_eq!(phone.device_key.all_aliases(), Vec::<String>::new());
    }
}
