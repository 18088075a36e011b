//! The properties of a new key in the keystore, and what the keystore says of an existing one, on each version of
//! Android.

use jni::objects::{JClass, JObject, JString};
use jni::strings::JNIStr;
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{KeyPurpose, SecurityLevel};

use crate::java::{Fault, boolean, caught, int, object};

/// `KeyProperties.PURPOSE_SIGN`: an HMAC key with it computes HMACs, and an EC key signatures.
const PURPOSE_SIGN: i32 = 4;
/// `KeyProperties.PURPOSE_ENCRYPT | KeyProperties.PURPOSE_DECRYPT`.
const PURPOSE_BOTH_WAYS: i32 = 1 | 2;
/// `KeyProperties.AUTH_BIOMETRIC_STRONG`.
const AUTH_BIOMETRIC_STRONG: i32 = 2;
const AES_BITS: i32 = 256;
/// The keystore's EC key of this size is on P-256.
const EC_BITS: i32 = 256;

/// The first API level with StrongBoxes (Android 9).
const STRONGBOX_SINCE: i32 = 28;
/// From this API level on a key says which hardware keeps it (Android 12). Before, it says only whether any hardware
/// does.
const LEVEL_SINCE: i32 = 31;
/// From this API level on a key that requires an unlocked phone is safe to use (Android 15). The setter exists since
/// API 28, but before Android 15 such keys were lost when the person changed or removed the screen lock.
const UNLOCKED_SINCE: i32 = 35;
/// From this API level on a key can name the authenticators that unlock it (Android 11). Before, a key that requires
/// authentication for each use takes any strong biometric.
const AUTHENTICATORS_SINCE: i32 = 30;

/// The properties of a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeySpec {
    pub(super) algorithm: Algorithm,
    pub(super) in_strongbox: bool,
    pub(super) only_while_unlocked: bool,
    /// How the key requires a biometric for each use. `None`: it requires none, as the keys of the PIN slot and of the
    /// seal.
    pub(super) biometric: Option<AuthSetter>,
}

/// What the key computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    HmacSha256,
    /// With a random IV that the keystore draws: `setRandomizedEncryptionRequired` is true by default.
    AesGcm,
    /// ECDSA over P-256 with SHA-256.
    Ecdsa,
}

/// Which setter makes a key require a strong biometric for each use. Whichever it is, the screen lock's PIN cannot
/// replace the biometric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuthSetter {
    /// `setUserAuthenticationParameters(0, AUTH_BIOMETRIC_STRONG)`.
    ByParameters,
    /// `setUserAuthenticationValidityDurationSeconds(-1)`.
    ByNoDuration,
}

impl Algorithm {
    /// Java's name of the algorithm.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HmacSHA256",
            Self::AesGcm => "AES",
            Self::Ecdsa => "EC",
        }
    }

    fn purposes(self) -> i32 {
        match self {
            Self::HmacSha256 | Self::Ecdsa => PURPOSE_SIGN,
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
            biometric: None,
        };
        match purpose {
            KeyPurpose::PinSlot => hmac(lasts_unlocked),
            // It has to work while the screen is locked: the record with the counters is read and written then too.
            KeyPurpose::Seal => hmac(false),
            // It has to work while the screen is locked: a wallet that an order locked asks for its way back.
            KeyPurpose::Installation => Self { algorithm: Algorithm::Ecdsa, ..hmac(false) },
            // It need not require an unlocked phone: a prompt is only shown on an unlocked phone, and a finger unlocks
            // the phone.
            KeyPurpose::Biometric => Self {
                algorithm: Algorithm::AesGcm,
                biometric: Some(if by_parameters { AuthSetter::ByParameters } else { AuthSetter::ByNoDuration }),
                ..hmac(false)
            },
        }
    }

    /// An HMAC key to measure the keystore with. It requires neither a biometric nor an unlocked phone.
    pub(super) fn probe() -> Self {
        Self { algorithm: Algorithm::HmacSha256, in_strongbox: false, only_while_unlocked: false, biometric: None }
    }
}

pub(super) fn may_have_strongbox(sdk: i32) -> bool {
    sdk >= STRONGBOX_SINCE
}

/// Builds a `KeyGenParameterSpec`. `builder` is the class of its builder.
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
    let set_size = |env: &mut Env, bits| {
        let signature = jni_sig!("(I)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
        object(env, &builder, jni_str!("setKeySize"), signature, &[JValue::Int(bits)]).map(|_| ())
    };
    match spec.algorithm {
        // `HmacSHA256` names the digest, and the keystore chooses the length.
        Algorithm::HmacSha256 => {}
        Algorithm::AesGcm => {
            set_size(env, AES_BITS)?;
            name_one(env, &builder, jni_str!("setBlockModes"), "GCM")?;
            name_one(env, &builder, jni_str!("setEncryptionPaddings"), "NoPadding")?;
        }
        Algorithm::Ecdsa => {
            set_size(env, EC_BITS)?;
            name_one(env, &builder, jni_str!("setDigests"), "SHA-256")?;
        }
    }
    if let Some(setter) = spec.biometric {
        require_biometric(env, &builder, setter)?;
    }
    let signature = jni_sig!("()Landroid/security/keystore/KeyGenParameterSpec;");
    object(env, &builder, jni_str!("build"), signature, &[])
}

fn require_biometric(env: &mut Env, builder: &JObject, auth_setter: AuthSetter) -> Result<(), Fault> {
    switch_on(env, builder, jni_str!("setUserAuthenticationRequired"))?;
    match auth_setter {
        AuthSetter::ByParameters => {
            let signature = jni_sig!("(II)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
            let arguments = [JValue::Int(0), JValue::Int(AUTH_BIOMETRIC_STRONG)];
            object(env, builder, jni_str!("setUserAuthenticationParameters"), signature, &arguments)?;
        }
        AuthSetter::ByNoDuration => {
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

/// Calls a setter with a variable number of names, with one name.
fn name_one(env: &mut Env, builder: &JObject, setter: &JNIStr, name: &str) -> Result<(), Fault> {
    let name = env.new_string(name)?;
    let names = env.new_object_type_array::<JString>(1, name)?;
    let signature = jni_sig!("([Ljava/lang/String;)Landroid/security/keystore/KeyGenParameterSpec$Builder;");
    object(env, builder, setter, signature, &[JValue::Object(&names)])?;
    Ok(())
}

/// Which hardware keeps the key, according to its `KeyInfo`.
pub(super) fn level(env: &mut Env, info: &JObject, sdk: i32) -> Result<SecurityLevel, Fault> {
    if sdk >= LEVEL_SINCE {
        return Ok(named(int(env, info, jni_str!("getSecurityLevel"), jni_sig!("()I"), &[])?));
    }
    let is_secure = boolean(env, info, jni_str!("isInsideSecureHardware"), jni_sig!("()Z"), &[])?;
    Ok(if is_secure { SecurityLevel::TrustedEnvironment } else { SecurityLevel::Software })
}

/// The level of a number of `KeyProperties.SECURITY_LEVEL_*`.
fn named(level: i32) -> SecurityLevel {
    match level {
        2 => SecurityLevel::Strongbox,
        // -1 (`SECURITY_LEVEL_UNKNOWN_SECURE`): unknown, but at least as secure as a trusted environment.
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
        let installation = KeySpec::of(KeyPurpose::Installation, 35);
        assert_eq!((installation.only_while_unlocked, installation.biometric), (false, None));
        assert_eq!((installation.algorithm, installation.algorithm.purposes()), (Algorithm::Ecdsa, 4));
        assert_eq!([24, 27, 28, 35].map(may_have_strongbox), [false, false, true, true]);
    }

    #[test]
    fn only_the_biometric_key_asks_for_someone_and_it_is_one_for_aes() {
        let of = |sdk| {
            let spec = KeySpec::of(KeyPurpose::Biometric, sdk);
            assert_eq!((spec.algorithm, spec.algorithm.purposes()), (Algorithm::AesGcm, 3), "{sdk}");
            spec.biometric
        };
        let (earlier, later) = (Some(AuthSetter::ByNoDuration), Some(AuthSetter::ByParameters));
        assert_eq!([24, 28, 29, 30, 35, 36].map(of), [earlier, earlier, earlier, later, later, later]);
        for sdk in [24, 28, 30, 36] {
            let others = [KeyPurpose::PinSlot, KeyPurpose::Seal].map(|purpose| KeySpec::of(purpose, sdk));
            for spec in others.into_iter().chain([KeySpec::probe()]) {
                assert_eq!((spec.algorithm.purposes(), spec.biometric), (4, None), "{sdk}");
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
