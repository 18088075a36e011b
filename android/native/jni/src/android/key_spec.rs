//! What is asked of the keystore for a new key, and what it says of one, on each version of Android.

use jni::objects::{JClass, JObject, JString};
use jni::strings::JNIStr;
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{KeyPurpose, SecurityLevel};

use crate::java::{Fault, boolean, caught, int, object};

/// `KeyProperties.PURPOSE_SIGN`, which for an HMAC key is to compute one.
const PURPOSE_SIGN: i32 = 4;
/// `KeyProperties.PURPOSE_ENCRYPT | KeyProperties.PURPOSE_DECRYPT`.
const PURPOSE_BOTH_WAYS: i32 = 1 | 2;
/// `KeyProperties.AUTH_BIOMETRIC_STRONG`.
const AUTH_BIOMETRIC_STRONG: i32 = 2;
const AES_BITS: i32 = 256;

/// From here on there are StrongBoxes (Android 9).
const STRONGBOX_SINCE: i32 = 28;
/// From here on a key says which hardware keeps it (Android 12); earlier ones say whether any does.
const LEVEL_SINCE: i32 = 31;
/// From here on a key that asks for an unlocked phone is safe to use (Android 15). The call is there since API 28, but until then
/// such keys were lost when the person changed or removed the screen lock.
const UNLOCKED_SINCE: i32 = 35;
/// From here on a key says who may let it be used (Android 11). Earlier ones take any biometric that is strong, if they are to ask each time.
const AUTHENTICATORS_SINCE: i32 = 30;

/// What a new key is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeySpec {
    pub(super) algorithm: Algorithm,
    pub(super) in_strongbox: bool,
    pub(super) only_while_unlocked: bool,
    /// Who has to be recognised for each use. `None`: nobody, for what a PIN is mixed with, or works behind a locked screen.
    pub(super) asks_for: Option<Asks>,
}

/// What the key computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    HmacSha256,
    /// With a random IV that the keystore draws: `setRandomizedEncryptionRequired` is so unless told otherwise.
    AesGcm,
}

/// How a key is told to ask for a strong biometric at each use. No screen lock will do in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// `setUserAuthenticationParameters(0, AUTH_BIOMETRIC_STRONG)`.
    ByParameters,
    /// `setUserAuthenticationValidityDurationSeconds(-1)`.
    ByNoDuration,
}

impl Algorithm {
    /// As Java names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HmacSHA256",
            Self::AesGcm => "AES",
        }
    }

    fn purposes(self) -> i32 {
        match self {
            Self::HmacSha256 => PURPOSE_SIGN,
            Self::AesGcm => PURPOSE_BOTH_WAYS,
        }
    }
}

impl KeySpec {
    pub(super) fn of(purpose: KeyPurpose, sdk: i32) -> Self {
        let (by_parameters, lasts_unlocked) = (sdk >= AUTHENTICATORS_SINCE, sdk >= UNLOCKED_SINCE);
        let hmac = |only_while_unlocked| Self {
            algorithm: Algorithm::HmacSha256,
            in_strongbox: false,
            only_while_unlocked,
            asks_for: None,
        };
        match purpose {
            KeyPurpose::PinSlot => hmac(lasts_unlocked),
            // It has to work behind a locked screen: its counters are read and written there.
            KeyPurpose::Seal => hmac(false),
            // A prompt is shown over nothing but an unlocked phone, and a finger unlocks it.
            KeyPurpose::Biometric => Self {
                algorithm: Algorithm::AesGcm,
                asks_for: Some(if by_parameters { Asks::ByParameters } else { Asks::ByNoDuration }),
                ..hmac(false)
            },
        }
    }

    /// An HMAC key to measure with: one that asks for nobody.
    pub(super) fn probe() -> Self {
        Self { algorithm: Algorithm::HmacSha256, in_strongbox: false, only_while_unlocked: false, asks_for: None }
    }
}

pub(super) fn may_have_strongbox(sdk: i32) -> bool {
    sdk >= STRONGBOX_SINCE
}

/// A `KeyGenParameterSpec`.
pub(super) fn build<'frame>(
    env: &mut Env<'frame>,
    builder: &JClass,
    alias: &str,
    spec: KeySpec,
) -> Result<JObject<'frame>, Fault> {
    let alias = env.new_string(alias)?;
    let arguments = [JValue::Object(&alias), JValue::Int(spec.algorithm.purposes())];
    let builder = env.new_object(builder, jni_sig!("(Ljava/lang/String;I)V"), &arguments);
    let builder = caught(env, builder)?;
    for (wanted, setter) in [
        (spec.in_strongbox, jni_str!("setIsStrongBoxBacked")),
        (spec.only_while_unlocked, jni_str!("setUnlockedDeviceRequired")),
    ] {
        if wanted {
            switch_on(env, &builder, setter)?;
        }
    }
    if spec.algorithm == Algorithm::AesGcm {
        let signature = jni_sig!("(I)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
        object(env, &builder, jni_str!("setKeySize"), signature, &[JValue::Int(AES_BITS)])?;
        name_one(env, &builder, jni_str!("setBlockModes"), "GCM")?;
        name_one(env, &builder, jni_str!("setEncryptionPaddings"), "NoPadding")?;
    }
    if let Some(asks) = spec.asks_for {
        ask_for_a_biometric(env, &builder, asks)?;
    }
    let signature = jni_sig!("()Landroid/security/keystore/KeyGenParameterSpec;");
    object(env, &builder, jni_str!("build"), signature, &[])
}

fn ask_for_a_biometric(env: &mut Env, builder: &JObject, asks: Asks) -> Result<(), Fault> {
    switch_on(env, builder, jni_str!("setUserAuthenticationRequired"))?;
    match asks {
        Asks::ByParameters => {
            let signature = jni_sig!("(II)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
            let arguments = [JValue::Int(0), JValue::Int(AUTH_BIOMETRIC_STRONG)];
            object(env, builder, jni_str!("setUserAuthenticationParameters"), signature, &arguments)?;
        }
        Asks::ByNoDuration => {
            let signature = jni_sig!("(I)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
            let setter = jni_str!("setUserAuthenticationValidityDurationSeconds");
            object(env, builder, setter, signature, &[JValue::Int(-1)])?;
        }
    }
    switch_on(env, builder, jni_str!("setInvalidatedByBiometricEnrollment"))
}

fn switch_on(env: &mut Env, builder: &JObject, setter: &JNIStr) -> Result<(), Fault> {
    let signature = jni_sig!("(Z)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
    object(env, builder, setter, signature, &[JValue::Bool(true)])?;
    Ok(())
}

/// Calls a setter that takes any number of names.
fn name_one(env: &mut Env, builder: &JObject, setter: &JNIStr, name: &str) -> Result<(), Fault> {
    let name = env.new_string(name)?;
    let names = env.new_object_type_array::<JString>(1, name)?;
    let signature = jni_sig!("([Ljava/lang/String;)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
    object(env, builder, setter, signature, &[JValue::Object(&names)])?;
    Ok(())
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
        assert!([24, 34, 35, 36].iter().all(|sdk| !asks(KeyPurpose::Seal, *sdk) && !asks(KeyPurpose::Biometric, *sdk)));
        assert_eq!([24, 27, 28, 35].map(may_have_strongbox), [false, false, true, true]);
    }

    #[test]
    fn only_the_biometric_key_asks_for_someone_and_it_is_one_for_aes() {
        let of = |sdk| {
            let spec = KeySpec::of(KeyPurpose::Biometric, sdk);
            assert_eq!((spec.algorithm, spec.algorithm.purposes()), (Algorithm::AesGcm, 3), "{sdk}");
            spec.asks_for
        };
        let (earlier, later) = (Some(Asks::ByNoDuration), Some(Asks::ByParameters));
        assert_eq!([24, 28, 29, 30, 35, 36].map(of), [earlier, earlier, earlier, later, later, later]);
        for sdk in [24, 28, 30, 36] {
            let others = [KeyPurpose::PinSlot, KeyPurpose::Seal].map(|purpose| KeySpec::of(purpose, sdk));
            for spec in others.into_iter().chain([KeySpec::probe()]) {
                assert_eq!((spec.algorithm.purposes(), spec.asks_for), (4, None), "{sdk}");
            }
        }
    }

    #[test]
    fn levels_are_named_as_android_numbers_them() {
        use SecurityLevel::{Software, Strongbox, TrustedEnvironment, Unknown};

        let expected = [Unknown, TrustedEnvironment, Software, TrustedEnvironment, Strongbox, Unknown];
        assert_eq!([-2, -1, 0, 1, 2, 3].map(named), expected);
    }
}
