//! A keystore that gives wrong answers, as Android's does when it fails: it lists nothing, says that a key does not
//! exist, or returns a wrong HMAC. A wrong answer, a delay or a fault is called a lie here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::{Call, Chance, FakeClock, FakeDeviceKey, FakePhone, lock};
use crate::platform::{Clock, DeviceKey, DeviceKeyFault, KeyPurpose, Platform, SecurityLevel};
use crate::time::Now;

/// How long [`Lie::IsBusyForAMinute`] lasts.
const BUSY_MS: u64 = 60_000;
/// How long a call with [`Lie::IsSlow`] takes.
const SLOW_MS: u64 = 2_000;

/// A way in which a keystore misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
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

impl Lie {
    /// All lies that are temporary: afterwards the keys are there as if the lie had not happened. A new key that is
    /// lost at once is among them, because nothing depends on that key yet.
    pub const PASSING: [Self; 12] = [
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

/// A lie that was told: which lie, at which operation, and for which alias or prefix of aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "said above")]
pub struct Told {
    pub lie: Lie,
    pub operation: &'static str,
    pub alias: String,
}

/// A fake keystore that lies where a test says so, or at random. Clones share it. Without a lie, it answers as
/// [`FakeDeviceKey`] does.
///
/// At random, it never lies twice in a row at the same operation for the same alias. A keystore that always gives the
/// same wrong answer would in effect be another keystore.
#[derive(Clone)]
pub struct Lies {
    keys: FakeDeviceKey,
    clock: Arc<FakeClock>,
    state: Arc<Mutex<State>>,
}

/// Selects the calls at which a lie may be told.
type Picks = Arc<dyn Fn(Call<'_>) -> bool + Send + Sync>;

#[derive(Default)]
struct State {
    /// Lies that are each told once.
    planned: Vec<(Lie, Picks)>,
    random: Option<Random>,
    /// The operations and aliases at which the last answer was a lie.
    just_lied: BTreeSet<(&'static str, String)>,
    busy_until: Option<Now>,
    told: Vec<Told>,
    lies_alike: bool,
}

struct Random {
    chance: Chance,
    one_in: usize,
    lies: Vec<Lie>,
}

impl Random {
    fn draw(&mut self, call: Call<'_>) -> Option<Lie> {
        if !self.chance.one_in(self.one_in) {
            return None;
        }
        let fitting: Vec<_> = self.lies.iter().copied().filter(|lie| lie.fits(call)).collect();
        fitting.get(self.chance.below(fitting.len())).copied()
    }
}

impl Lies {
    /// A lying keystore around the keystore of this phone.
    pub fn of(phone: &FakePhone) -> Self {
        Self { keys: phone.device_key.clone(), clock: phone.clock.clone(), state: Arc::default() }
    }

    /// The phone's platform with this keystore. The phone's hooks see each call before the keystore answers.
    pub fn platform(&self, phone: &FakePhone) -> Platform {
        phone.platform_with(Arc::new(self.clone()))
    }

    /// Tells this lie once, at the next call that `at` selects and that the lie fits.
    pub fn tell(&self, lie: Lie, at: impl Fn(Call<'_>) -> bool + Send + Sync + 'static) {
        lock(&self.state).planned.push((lie, Arc::new(at)));
    }

    /// From now on, about one call in `one_in` is answered with one of these lies. Both are drawn from the random
    /// stream of `seed`.
    pub fn tell_at_random(&self, seed: u64, one_in: usize, lies: &[Lie]) {
        lock(&self.state).random = Some(Random { chance: Chance::new(seed), one_in, lies: lies.to_vec() });
    }

    /// For a control test: the keystore may answer one question falsely twice in a row, and always flips the first bit.
    pub fn lie_alike(&self) {
        lock(&self.state).lies_alike = true;
    }

    /// From now on, the keystore tells no lies.
    pub fn stop(&self) {
        let mut state = lock(&self.state);
        (state.random, state.busy_until) = (None, None);
        state.planned.clear();
    }

    /// The lies told so far.
    pub fn told(&self) -> Vec<Told> {
        lock(&self.state).told.clone()
    }

    /// The number of lies told so far.
    pub fn count(&self) -> usize {
        lock(&self.state).told.len()
    }

    /// How many lies set with [`Self::tell`] were not told yet, because the call was not made.
    pub fn unmet(&self) -> usize {
        lock(&self.state).planned.len()
    }

    /// The lie to tell at this call, and how many lies were told before it. Lies that need no wrong answer (faults,
    /// delays, a lost key) take effect here.
    fn lie(&self, call: Call<'_>) -> Result<Option<(Lie, usize)>, DeviceKeyFault> {
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
        let lied = state.just_lied.remove(&place) && !state.lies_alike;
        let planned = state.planned.iter().position(|(lie, at)| lie.fits(call) && at(call));
        let lie = match planned {
            Some(planned) => Some(state.planned.remove(planned).0),
            None => state.random.as_mut().filter(|_| !lied).and_then(|random| random.draw(call)),
        };
        let Some(lie) = lie else { return Ok(None) };
        let nth = if state.lies_alike { 0 } else { state.told.len() };
        state.just_lied.insert(place);
        state.told.push(Told { lie, operation, alias: alias.to_owned() });
        match lie {
            Lie::IsBusyForAMinute => {
                state.busy_until = Some(Now { since_boot_ms: now.since_boot_ms + BUSY_MS, ..now });
                Err(DeviceKeyFault::Busy)
            }
            Lie::Fails(fault) => Err(fault),
            Lie::IsGone => Err(DeviceKeyFault::Gone),
            Lie::IsSlow => {
                self.clock.advance_ms(SLOW_MS);
                Ok(None)
            }
            Lie::LosesForGood => self.keys.delete(alias).map(|()| None),
            lie => Ok(Some((lie, nth))),
        }
    }
}

impl DeviceKey for Lies {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let lie = self.lie(Call::Aliases { prefix })?;
        let aliases = self.keys.aliases(prefix)?;
        Ok(match lie {
            Some((Lie::ListsNothing, _)) => Vec::new(),
            Some((_, nth)) => aliases.into_iter().skip(nth % 2).step_by(2).collect(),
            None => aliases,
        })
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        let lie = self.lie(Call::Exists { alias })?;
        Ok(self.keys.exists(alias)? && lie.is_none())
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let lie = self.lie(Call::Create { alias, purpose })?;
        self.keys.create(alias, purpose)?;
        if lie.is_some() { self.keys.delete(alias) } else { Ok(()) }
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.lie(Call::Ready { alias })?;
        self.keys.ready(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let lie = self.lie(Call::Hmac { alias })?;
        let mut output = self.keys.hmac(alias, input)?;
        if let Some((_, nth)) = lie
            && let Some(byte) = output.get_mut(nth / 8 % 32)
        {
            *byte ^= 1 << (nth % 8);
        }
        Ok(output)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.lie(Call::Delete { alias })?;
        self.keys.delete(alias)
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.lie(Call::SecurityLevel { alias })?;
        self.keys.security_level(alias)
    }

    fn instance(&self) -> u64 {
        self.keys.instance()
    }
}

/// How often each lie was told.
pub fn tally<'a>(told: impl IntoIterator<Item = &'a Told>) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for told in told {
        *tally.entry(format!("{:?} ({})", told.lie, told.operation)).or_insert(0) += 1;
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
    fn each_lie_is_told_once_and_the_keys_are_as_they_were() {
        let phone = FakePhone::default();
        let lies = Lies::of(&phone);
        let keys = lies.platform(&phone).device_key;
        assert_eq!(keys.create(KEY, KeyPurpose::PinSlot), Ok(()));
        let right = keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec());
        for lie in [Lie::ListsNothing, Lie::ListsLess, Lie::IsNotThere, Lie::FlipsABit, Lie::IsGone, Lie::IsGone] {
            lies.tell(lie, everything);
        }
        assert_eq!(keys.aliases("place/"), Ok(vec![]));
        assert!(keys.aliases("place/").is_ok_and(|aliases| aliases.is_empty()), "every other one of one");
        assert_eq!(keys.aliases("place/"), Ok(vec![KEY.to_owned()]));
        assert_eq!((keys.exists(KEY), keys.exists(KEY)), (Ok(false), Ok(true)));
        assert_ne!(keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec()), right);
        assert_eq!((keys.ready(KEY), keys.ready(KEY)), (Err(DeviceKeyFault::Gone), Err(DeviceKeyFault::Gone)));
        assert_eq!(keys.hmac(KEY, b"in").map(|bytes| bytes.to_vec()), right);
        assert_eq!((lies.unmet(), lies.count()), (0, 6));
    }

    #[test]
    fn what_takes_time_takes_that_of_the_phones_clock() {
        let phone = FakePhone::default();
        let lies = Lies::of(&phone);
        let since_boot = || phone.clock.now().map(|now| now.since_boot_ms);
        let before = since_boot();
        lies.tell(Lie::IsSlow, everything);
        assert_eq!(lies.create(KEY, KeyPurpose::PinSlot), Ok(()));
        assert_eq!(since_boot(), before.map(|ms| ms + SLOW_MS));
        lies.tell(Lie::IsBusyForAMinute, on_pin);
        assert_eq!(lies.ready(KEY), Err(DeviceKeyFault::Busy));
        phone.clock.advance_ms(BUSY_MS - 1);
        assert_eq!(lies.ready(KEY), Err(DeviceKeyFault::Busy));
        phone.clock.advance_ms(1);
        assert_eq!(lies.ready(KEY), Ok(()));
    }

    #[test]
    fn lost_keys_are_lost_and_at_random_no_lie_is_told_twice_in_a_row() {
        let phone = FakePhone::default();
        let lies = Lies::of(&phone);
        lies.tell(Lie::LosesTheNewKey, everything);
        assert_eq!(lies.create(KEY, KeyPurpose::PinSlot), Ok(()));
        assert_eq!(lies.ready(KEY), Err(DeviceKeyFault::Gone));
        assert_eq!(lies.create(KEY, KeyPurpose::PinSlot), Ok(()));
        lies.tell_at_random(1, 1, &[Lie::IsNotThere]);
        for _ in 0..3 {
            assert_eq!((lies.exists(KEY), lies.exists(KEY)), (Ok(false), Ok(true)));
        }
        lies.stop();
        lies.tell(Lie::LosesForGood, on_pin);
        assert_eq!((lies.exists(KEY), lies.ready(KEY)), (Ok(false), Err(DeviceKeyFault::Gone)));
        assert_eq!(phone.device_key.all_aliases(), Vec::<String>::new());
    }
}
