//! A fake biometric sensor, and the people who use it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::{FakeDeviceKey, lock};
use crate::platform::{
    Answer, Biometrics, PlatformFault, Prompt, PromptEnd, PromptOperation, PromptPurpose, SLOT_KEY_BYTES,
    SensorAvailability, WRAPPED_SLOT_KEY_BYTES,
};

/// What happens at a prompt.
pub enum Act {
    /// The owner touches the sensor: the keystore's key does its work.
    OwnerTouches,
    /// Someone else touches the sensor. The prompt stays.
    SomeoneElseTouches,
    /// The prompt ends in this way.
    Ends(PromptEnd),
    /// An attacker who has taken over the app's process reports that a person was recognised, with these bytes.
    ForgesSuccess(Vec<u8>),
    /// The answer is dropped without an end, as when the part that would give it has died.
    LosesTheAnswer,
    /// The prompt cannot be shown.
    Fails,
    /// This function runs while the prompt is shown.
    Meanwhile(Box<dyn FnOnce() + Send>),
}

/// A biometric prompt in memory. It plays the acts that the test has queued, at once. When no act is left, the prompt
/// stays shown and unanswered.
///
/// It panics at calls that the core must never make: a second prompt at the same time, or an input of a wrong length.
#[derive(Clone)]
pub struct FakeBiometrics {
    keys: FakeDeviceKey,
    sensor: Arc<Mutex<Sensor>>,
}

struct Sensor {
    availability: Result<SensorAvailability, PlatformFault>,
    acts: VecDeque<Act>,
    shown: Option<(Prompt, Answer)>,
    seen: Vec<PromptPurpose>,
    dismissed: u32,
}

impl FakeBiometrics {
    /// A sensor whose keys are in the keystore `keys`. The owner's finger is enrolled.
    pub fn new(keys: FakeDeviceKey) -> Self {
        let sensor = Sensor {
            availability: Ok(SensorAvailability::Ready),
            acts: VecDeque::new(),
            shown: None,
            seen: Vec::new(),
            dismissed: 0,
        };
        Self { keys, sensor: Arc::new(Mutex::new(sensor)) }
    }

    /// Queues acts for the next prompts.
    pub fn queue(&self, acts: impl IntoIterator<Item = Act>) {
        lock(&self.sensor).acts.extend(acts);
    }

    /// Removes all queued acts.
    pub fn forget_acts(&self) {
        lock(&self.sensor).acts.clear();
    }

    /// Sets what [`Biometrics::availability`] returns.
    pub fn say(&self, availability: Result<SensorAvailability, PlatformFault>) {
        lock(&self.sensor).availability = availability;
    }

    /// The purposes of all prompts so far.
    pub fn seen(&self) -> Vec<PromptPurpose> {
        lock(&self.sensor).seen.clone()
    }

    /// Whether a prompt is shown now.
    pub fn is_shown(&self) -> bool {
        lock(&self.sensor).shown.is_some()
    }

    /// How often [`Biometrics::dismiss`] was called.
    pub fn dismissed(&self) -> u32 {
        lock(&self.sensor).dismissed
    }

    /// Plays one act. The prompt stays shown unless the act ends it.
    fn play(&self, shown: (Prompt, Answer), act: Act) {
        let (prompt, answer) = shown;
        match act {
            Act::OwnerTouches => match self.use_key(&prompt) {
                Some(output) => answer.authenticated(output),
                None => answer.ended(PromptEnd::KeyInvalidated),
            },
            Act::SomeoneElseTouches => {
                answer.not_recognised();
                lock(&self.sensor).shown = Some((prompt, answer));
            }
            Act::Ends(how) => answer.ended(how),
            Act::ForgesSuccess(bytes) => answer.authenticated(Zeroizing::new(bytes)),
            Act::LosesTheAnswer | Act::Fails => drop(answer),
            Act::Meanwhile(what) => {
                lock(&self.sensor).shown = Some((prompt, answer));
                what();
            }
        }
    }

    fn use_key(&self, prompt: &Prompt) -> Option<Zeroizing<Vec<u8>>> {
        match prompt.operation {
            PromptOperation::Wrap => self.keys.wrap(&prompt.alias, &prompt.input),
            PromptOperation::Unwrap => self.keys.unwrap(&prompt.alias, &prompt.input),
        }
    }
}

impl Biometrics for FakeBiometrics {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        lock(&self.sensor).availability
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        let expected = match prompt.operation {
            PromptOperation::Wrap => SLOT_KEY_BYTES,
            PromptOperation::Unwrap => WRAPPED_SLOT_KEY_BYTES,
        };
        assert_eq!(prompt.input.len(), expected, "what the key is given");
        let is_usable = self.keys.is_usable_by_biometrics(&prompt.alias);
        {
            let mut sensor = lock(&self.sensor);
            assert!(sensor.shown.is_none(), "one prompt at a time");
            if matches!(sensor.acts.front(), Some(Act::Fails)) {
                sensor.acts.pop_front();
                return Err(PlatformFault);
            }
            sensor.seen.push(prompt.purpose.clone());
            if is_usable {
                sensor.shown = Some((prompt, answer));
            } else {
                // Android refuses the key before anything is shown.
                answer.ended(PromptEnd::KeyInvalidated);
            }
        }
        loop {
            let next = {
                let mut sensor = lock(&self.sensor);
                if sensor.shown.is_none() || sensor.acts.is_empty() {
                    return Ok(());
                }
                sensor.shown.take().zip(sensor.acts.pop_front())
            };
            next.into_iter().for_each(|(shown, act)| self.play(shown, act));
        }
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        let shown = {
            let mut sensor = lock(&self.sensor);
            sensor.dismissed += 1;
            sensor.shown.take()
        };
        // As on Android, a prompt that is dismissed reports its end.
        shown.iter().for_each(|(_, answer)| answer.ended(PromptEnd::CancelledBySystem));
        Ok(())
    }
}
