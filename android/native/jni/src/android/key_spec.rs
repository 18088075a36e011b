//! What is asked of the keystore for a new key, and what it says of one, on each version of Android.

use jni::objects::{JClass, JObject};
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{KeyPurpose, SecurityLevel};

use crate::java::{Fault, boolean, caught, int, object};

/// `KeyProperties.PURPOSE_SIGN`, which for an HMAC key is to compute one.
const PURPOSE_SIGN: i32 = 4;

/// From here on there are StrongBoxes (Android 9).
const STRONGBOX_SINCE: i32 = 28;
/// From here on a key says which hardware keeps it (Android 12); earlier ones say whether any does.
const LEVEL_SINCE: i32 = 31;
/// From here on a key that asks for an unlocked phone is safe to use (Android 15). The call is there since API 28, but until then
/// such keys were lost when the person changed or removed the screen lock.
const UNLOCKED_SINCE: i32 = 35;

/// What a new key is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeySpec {
    pub(super) in_strongbox: bool,
    pub(super) only_while_unlocked: bool,
}

impl KeySpec {
    pub(super) fn of(purpose: KeyPurpose, sdk: i32) -> Self {
        // The seal has to work behind a locked screen: its counters are read and written there.
        Self { in_strongbox: false, only_while_unlocked: purpose == KeyPurpose::PinSlot && sdk >= UNLOCKED_SINCE }
    }
}

pub(super) fn may_have_strongbox(sdk: i32) -> bool {
    sdk >= STRONGBOX_SINCE
}

/// A `KeyGenParameterSpec`. It asks for no authentication of the person: a PIN is what the key is for.
pub(super) fn build<'frame>(
    env: &mut Env<'frame>,
    builder: &JClass,
    alias: &str,
    spec: KeySpec,
) -> Result<JObject<'frame>, Fault> {
    let alias = env.new_string(alias)?;
    let arguments = [JValue::Object(&alias), JValue::Int(PURPOSE_SIGN)];
    let builder = env.new_object(builder, jni_sig!("(Ljava/lang/String;I)V"), &arguments);
    let builder = caught(env, builder)?;
    for (wanted, setter) in [
        (spec.in_strongbox, jni_str!("setIsStrongBoxBacked")),
        (spec.only_while_unlocked, jni_str!("setUnlockedDeviceRequired")),
    ] {
        if wanted {
            let signature = jni_sig!("(Z)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
            object(env, &builder, setter, signature, &[JValue::Bool(true)])?;
        }
    }
    let signature = jni_sig!("()Landroid/security/keystore/KeyGenParameterSpec;");
    object(env, &builder, jni_str!("build"), signature, &[])
}

/// What keeps the key, by its `KeyInfo`.
pub(super) fn level(env: &mut Env, info: &JObject, sdk: i32) -> Result<SecurityLevel, Fault> {
    if sdk >= LEVEL_SINCE {
        return Ok(named(int(env, info, jni_str!("getSecurityLevel"), jni_sig!("()I"), &[])?));
    }
    let is_secure = boolean(env, info, jni_str!("isInsideSecureHardware"), jni_sig!("()Z"), &[])?;
    Ok(if is_secure { SecurityLevel::TrustedEnvironment } else { SecurityLevel::Software })
}

/// By `KeyProperties.SECURITY_LEVEL_*`.
fn named(level: i32) -> SecurityLevel {
    match level {
        2 => SecurityLevel::Strongbox,
        // -1: unknown, but no worse than a trusted environment.
        1 | -1 => SecurityLevel::TrustedEnvironment,
        0 => SecurityLevel::Software,
        _ => SecurityLevel::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pins_key_asks_for_an_unlocked_phone_and_only_where_such_keys_last() {
        let asks = |purpose, sdk| KeySpec::of(purpose, sdk).only_while_unlocked;
        assert_eq!([24, 28, 34, 35, 36].map(|sdk| asks(KeyPurpose::PinSlot, sdk)), [false, false, false, true, true]);
        assert!([24, 34, 35, 36].iter().all(|sdk| !asks(KeyPurpose::Seal, *sdk)));
        assert_eq!([24, 27, 28, 35].map(may_have_strongbox), [false, false, true, true]);
    }

    #[test]
    fn levels_are_named_as_android_numbers_them() {
        use SecurityLevel::{Software, Strongbox, TrustedEnvironment, Unknown};

        let expected = [Unknown, TrustedEnvironment, Software, TrustedEnvironment, Strongbox, Unknown];
        assert_eq!([-2, -1, 0, 1, 2, 3].map(named), expected);
    }
}
