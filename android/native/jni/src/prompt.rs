//! The app's biometric prompt, reached through the facade's class `Phone`.

use jni::{JValue, jni_sig, jni_str};
use walletlock_bindings::{BiometricAnswer, BiometricPrompt};
use walletlock_core::platform::{Answer, Biometrics, PlatformFault, Prompt, SensorAvailability};

use crate::answer::{constant, written};
use crate::java::{call, int, void};
use crate::object::number;
use crate::phone::Phone;

impl Biometrics for Phone {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        let availability = call(|env| int(env, self.object(), jni_str!("availability"), jni_sig!("()I"), &[]));
        constant(availability?).ok_or(PlatformFault)
    }

    /// The facade owns the Java array with the input from here on, and wipes it when the prompt is over.
    fn show(&self, mut prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        let shown = call(|env| {
            let input = std::mem::take(&mut prompt.input);
            let prompt = env.byte_array_from_slice(&written(BiometricPrompt::from(prompt)))?;
            let input = env.byte_array_from_slice(&input)?;
            // The facade owns this reference from the call on. If the call throws, the facade has freed it before.
            let answer = number(BiometricAnswer::new(answer));
            let arguments = [JValue::Object(&prompt), JValue::Object(&input), JValue::Long(answer)];
            void(env, self.object(), jni_str!("show"), jni_sig!("([B[BJ)V"), &arguments)
        });
        Ok(shown?)
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        Ok(call(|env| void(env, self.object(), jni_str!("dismiss"), jni_sig!("()V"), &[]))?)
    }
}
