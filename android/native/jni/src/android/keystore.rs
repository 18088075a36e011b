//! Keys in the phone's own keystore (`AndroidKeyStore`): HMAC-SHA256 keys, AES keys that can only be used through a
//! biometric prompt, and the P-256 key that signs requests to the provider. The keystore makes them and computes with
//! them; no app ever gets a key's bytes, not even this one.

use std::sync::atomic::{AtomicBool, Ordering};

use jni::objects::{JClass, JObject, JString};
use jni::refs::Global;
use jni::signature::MethodSignature;
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, SecurityLevel};
use zeroize::Zeroizing;

use super::key_spec::{self, Algorithm, KeySpec};
use crate::java::{Fault, boolean, call, caught, class, object, static_long, static_object, void};
use crate::phone::{take_bytes, wipe};

/// A StrongBox that takes longer than this for one HMAC, in milliseconds, is not used: a person waits for it at every
/// PIN, in addition to the quarter of a second that Argon2id takes. Our own choice; phones take between some 30 ms and
/// half a second.
const STRONGBOX_AT_MOST_MS: i64 = 200;

const PROVIDER: &str = "AndroidKeyStore";

/// A point on P-256, uncompressed (SEC 1, section 2.3.3).
const POINT_BYTES: usize = 65;

/// The app's keys in the phone's keystore.
pub(crate) struct Keystore {
    classes: Classes,
    /// Android's API level.
    sdk: i32,
    /// Whether to try a StrongBox. Not before Android 9, and not again after it was measured as too slow, because
    /// measuring takes seconds. A StrongBox that merely did not answer is tried again the next time.
    tries_strongbox: AtomicBool,
}

/// Looked up once, in a call that the app made: a thread that Rust started has another class loader.
struct Classes {
    keystore: Global<JClass<'static>>,
    mac: Global<JClass<'static>>,
    signature: Global<JClass<'static>>,
    key_generator: Global<JClass<'static>>,
    key_pair_generator: Global<JClass<'static>>,
    key_factory: Global<JClass<'static>>,
    key_info: Global<JClass<'static>>,
    spec_builder: Global<JClass<'static>>,
    system_clock: Global<JClass<'static>>,
}

impl Keystore {
    pub(crate) fn new(env: &mut Env) -> Result<Self, Fault> {
        let classes = Classes {
            keystore: class(env, jni_str!("java/security/KeyStore"))?,
            mac: class(env, jni_str!("javax/crypto/Mac"))?,
            signature: class(env, jni_str!("java/security/Signature"))?,
            key_generator: class(env, jni_str!("javax/crypto/KeyGenerator"))?,
            key_pair_generator: class(env, jni_str!("java/security/KeyPairGenerator"))?,
            key_factory: class(env, jni_str!("javax/crypto/SecretKeyFactory"))?,
            key_info: class(env, jni_str!("android/security/keystore/KeyInfo"))?,
            spec_builder: class(env, jni_str!("android/security/keystore/KeyGenParameterSpec$Builder"))?,
            system_clock: class(env, jni_str!("android/os/SystemClock"))?,
        };
        let version = class(env, jni_str!("android/os/Build$VERSION"))?;
        let sdk = env.get_static_field(&version, jni_str!("SDK_INT"), jni_sig!("I")).and_then(|sdk| sdk.i());
        let sdk = caught(env, sdk)?;
        Ok(Self { classes, sdk, tries_strongbox: key_spec::may_have_strongbox(sdk).into() })
    }

    /// The phone's keystore. `NoHardware` if `getInstance` fails, as it does without such a provider.
    fn store<'frame>(&self, env: &mut Env<'frame>) -> Result<JObject<'frame>, Fault> {
        let name = env.new_string(PROVIDER)?;
        let signature = jni_sig!("(Ljava/lang/String;)Ljava/security/KeyStore;");
        let arguments = [JValue::Object(&name)];
        let store = static_object(env, &self.classes.keystore, jni_str!("getInstance"), signature, &arguments)
            .map_err(|_| Fault(DeviceKeyFault::NoHardware))?;
        let signature = jni_sig!("(Ljava/security/KeyStore$LoadStoreParameter;)V");
        void(env, &store, jni_str!("load"), signature, &[JValue::Object(&JObject::null())])?;
        Ok(store)
    }

    /// `getKey` returns null without a key, but also when the keystore itself failed. So this says `Gone` only if
    /// `containsAlias` says too that there is no such key. The core decides whether to believe that.
    fn key<'frame>(&self, env: &mut Env<'frame>, alias: &str) -> Result<JObject<'frame>, Fault> {
        let store = self.store(env)?;
        let name = env.new_string(alias)?;
        let signature = jni_sig!("(Ljava/lang/String;[C)Ljava/security/Key;");
        let arguments = [JValue::Object(&name), JValue::Object(&JObject::null())];
        let key = object(env, &store, jni_str!("getKey"), signature, &arguments)?;
        if !key.is_null() {
            return Ok(key);
        }
        let is_there = self.contains(env, alias)?;
        Err(Fault(if is_there { DeviceKeyFault::Failed } else { DeviceKeyFault::Gone }))
    }

    /// A `Mac` that is initialised with the key. If the keystore refuses to use the key, because the phone is locked or
    /// the key is an AES key, this call fails.
    fn mac<'frame>(&self, env: &mut Env<'frame>, alias: &str) -> Result<JObject<'frame>, Fault> {
        let key = self.key(env, alias)?;
        let algorithm = env.new_string(Algorithm::HmacSha256.name())?;
        let signature = jni_sig!("(Ljava/lang/String;)Ljavax/crypto/Mac;");
        let arguments = [JValue::Object(&algorithm)];
        let mac = static_object(env, &self.classes.mac, jni_str!("getInstance"), signature, &arguments)?;
        void(env, &mac, jni_str!("init"), jni_sig!("(Ljava/security/Key;)V"), &[JValue::Object(&key)])?;
        Ok(mac)
    }

    fn compute(&self, env: &mut Env, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let mac = self.mac(env, alias)?;
        let given = env.byte_array_from_slice(input)?;
        let output = object(env, &mac, jni_str!("doFinal"), jni_sig!("([B)[B"), &[JValue::Object(&given)]);
        wipe(env, &given, input.len());
        take_bytes(env, output?)
    }

    /// The last bytes of the key's encoding (RFC 5480) are the point. `Gone` if the keystore has no such key, as in
    /// [`Self::key`].
    fn point(&self, env: &mut Env, alias: &str) -> Result<Vec<u8>, Fault> {
        self.key(env, alias)?;
        let store = self.store(env)?;
        let name = env.new_string(alias)?;
        let signature = jni_sig!("(Ljava/lang/String;)Ljava/security/cert/Certificate;");
        let certificate = object(env, &store, jni_str!("getCertificate"), signature, &[JValue::Object(&name)])?;
        let signature = jni_sig!("()Ljava/security/PublicKey;");
        let key = object(env, &certificate, jni_str!("getPublicKey"), signature, &[])?;
        let encoded = object(env, &key, jni_str!("getEncoded"), jni_sig!("()[B"), &[])?;
        let encoded = take_bytes(env, encoded)?;
        let point = encoded.len().checked_sub(POINT_BYTES).and_then(|start| encoded.get(start..));
        Ok(point.ok_or(Fault(DeviceKeyFault::Failed))?.to_vec())
    }

    fn signature(&self, env: &mut Env, alias: &str, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let key = self.key(env, alias)?;
        let algorithm = env.new_string("SHA256withECDSA")?;
        let signature = jni_sig!("(Ljava/lang/String;)Ljava/security/Signature;");
        let arguments = [JValue::Object(&algorithm)];
        let signing = static_object(env, &self.classes.signature, jni_str!("getInstance"), signature, &arguments)?;
        void(env, &signing, jni_str!("initSign"), jni_sig!("(Ljava/security/PrivateKey;)V"), &[JValue::Object(&key)])?;
        let given = env.byte_array_from_slice(message)?;
        let updated = void(env, &signing, jni_str!("update"), jni_sig!("([B)V"), &[JValue::Object(&given)]);
        wipe(env, &given, message.len());
        updated?;
        let signed = object(env, &signing, jni_str!("sign"), jni_sig!("()[B"), &[])?;
        Ok(take_bytes(env, signed)?.to_vec())
    }

    fn generate(&self, env: &mut Env, alias: &str, spec: KeySpec) -> Result<(), Fault> {
        let algorithm = env.new_string(spec.algorithm.name())?;
        let is_pair = spec.algorithm == Algorithm::Ecdsa;
        let spec = key_spec::build(env, &self.classes.spec_builder, alias, spec)?;
        if is_pair {
            let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;)Ljava/security/KeyPairGenerator;");
            let generator = instance(env, &self.classes.key_pair_generator, signature, &algorithm)?;
            let signature = jni_sig!("(Ljava/security/spec/AlgorithmParameterSpec;)V");
            void(env, &generator, jni_str!("initialize"), signature, &[JValue::Object(&spec)])?;
            object(env, &generator, jni_str!("generateKeyPair"), jni_sig!("()Ljava/security/KeyPair;"), &[])?;
            return Ok(());
        }
        let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;)Ljavax/crypto/KeyGenerator;");
        let generator = instance(env, &self.classes.key_generator, signature, &algorithm)?;
        let signature = jni_sig!("(Ljava/security/spec/AlgorithmParameterSpec;)V");
        void(env, &generator, jni_str!("init"), signature, &[JValue::Object(&spec)])?;
        object(env, &generator, jni_str!("generateKey"), jni_sig!("()Ljavax/crypto/SecretKey;"), &[])?;
        Ok(())
    }

    /// Makes the key in the StrongBox, if there is one, it has room, and it is fast enough. `false` for any other
    /// outcome: the caller then makes the key outside the StrongBox.
    fn is_made_in_strongbox(&self, env: &mut Env, alias: &str, spec: KeySpec) -> bool {
        let in_strongbox = KeySpec { in_strongbox: true, ..spec };
        let made = if spec.algorithm == Algorithm::HmacSha256 {
            self.is_made_and_fast(env, alias, in_strongbox)
        } else {
            // A key that requires a biometric cannot be measured without a prompt, and a signing key computes no HMAC.
            // So a probe key is measured, because this process may not have measured the StrongBox yet. Most of the
            // time goes into the way to the chip and back, whatever is computed there. The probe's alias begins with
            // the key's: if the process is killed now, the next opening deletes the probe.
            let probe = format!("{alias}/probe");
            let fast = self.is_made_and_fast(env, &probe, KeySpec { in_strongbox: true, ..KeySpec::probe() });
            self.remove(env, &probe).ok();
            fast && self.generate(env, alias, in_strongbox).is_ok()
        };
        if !made {
            log::info!("no device key in a StrongBox: there is none, it does not answer, or it is slow");
        }
        made
    }

    fn is_made_and_fast(&self, env: &mut Env, alias: &str, spec: KeySpec) -> bool {
        let made = self.generate(env, alias, spec);
        let Some(in_chip) = made.and_then(|()| self.fastest_ms(env, alias)).ok() else { return false };
        if in_chip <= STRONGBOX_AT_MOST_MS {
            return true;
        }
        // The whole keystore may be slow, as just after a boot, and not only the StrongBox. So the time of a key
        // outside it is subtracted.
        let beside = format!("{alias}/probe");
        let made = self.generate(env, &beside, KeySpec::probe());
        let without = made.and_then(|()| self.fastest_ms(env, &beside));
        self.remove(env, &beside).ok();
        let Ok(without) = without else { return false };
        let fast = in_chip - without <= STRONGBOX_AT_MOST_MS;
        if !fast {
            self.tries_strongbox.store(false, Ordering::Relaxed);
        }
        fast
    }

    /// How long one HMAC takes, in milliseconds: the faster of two, because the first use may have to load something.
    fn fastest_ms(&self, env: &mut Env, alias: &str) -> Result<i64, Fault> {
        let first = self.takes_ms(env, alias)?;
        Ok(first.min(self.takes_ms(env, alias)?))
    }

    /// Measures one HMAC by Android's monotonic clock, which a test can move.
    fn takes_ms(&self, env: &mut Env, alias: &str) -> Result<i64, Fault> {
        let start = static_long(env, &self.classes.system_clock, jni_str!("elapsedRealtime"))?;
        self.compute(env, alias, &[0; 32])?;
        Ok(static_long(env, &self.classes.system_clock, jni_str!("elapsedRealtime"))? - start)
    }

    fn contains(&self, env: &mut Env, alias: &str) -> Result<bool, Fault> {
        let store = self.store(env)?;
        let alias = env.new_string(alias)?;
        let signature = jni_sig!("(Ljava/lang/String;)Z");
        boolean(env, &store, jni_str!("containsAlias"), signature, &[JValue::Object(&alias)])
    }

    fn remove(&self, env: &mut Env, alias: &str) -> Result<(), Fault> {
        let store = self.store(env)?;
        let alias = env.new_string(alias)?;
        void(env, &store, jni_str!("deleteEntry"), jni_sig!("(Ljava/lang/String;)V"), &[JValue::Object(&alias)])
    }
}

impl DeviceKey for Keystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let found = call(|env| {
            let store = self.store(env)?;
            let listed = object(env, &store, jni_str!("aliases"), jni_sig!("()Ljava/util/Enumeration;"), &[])?;
            let mut found = Vec::new();
            // An app may have any number of keys of its own, so the local references of each are freed before the next.
            while let Some(alias) = env.with_local_frame(8, |env| next(env, &listed))? {
                found.push(alias);
            }
            Ok(found)
        });
        let mut found: Vec<_> =
            found.map_err(without_gone)?.into_iter().filter(|alias: &String| alias.starts_with(prefix)).collect();
        found.sort();
        Ok(found)
    }

    /// Asks for the key by name. An exception is a fault. A keystore that failed may also answer `false`, so the core
    /// believes no single answer.
    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(call(|env| self.contains(env, alias)).map_err(without_gone)?)
    }

    /// Fails if there is a key of that alias: the keystore would silently replace it, and what the old key protects
    /// would be lost.
    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let created = call(|env| {
            if self.contains(env, alias)? {
                return Err(Fault(DeviceKeyFault::Failed));
            }
            let spec = KeySpec::of(purpose, self.sdk);
            // A seal key is made for every epoch, which is too often for a StrongBox: it takes its time to make a key.
            if purpose != KeyPurpose::Seal && self.tries_strongbox.load(Ordering::Relaxed) {
                if self.is_made_in_strongbox(env, alias, spec) {
                    return Ok(());
                }
                // If this fails, the keystore replaces what is left of the key.
                self.remove(env, alias).ok();
            }
            self.generate(env, alias, spec)
        });
        Ok(created.map_err(without_gone)?)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let ready = call(|env| {
            let mac = self.mac(env, alias)?;
            // Ends the operation that `init` began: a keystore allows only a few at a time.
            void(env, &mac, jni_str!("reset"), jni_sig!("()V"), &[])
        });
        Ok(ready?)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        Ok(call(|env| self.compute(env, alias, input))?)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        Ok(call(|env| self.remove(env, alias)).map_err(without_gone)?)
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        let level = call(|env| {
            let key = self.key(env, alias)?;
            let algorithm = object(env, &key, jni_str!("getAlgorithm"), jni_sig!("()Ljava/lang/String;"), &[])?;
            let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;)Ljavax/crypto/SecretKeyFactory;");
            let factory = instance(env, &self.classes.key_factory, signature, &algorithm)?;
            let signature = jni_sig!("(Ljavax/crypto/SecretKey;Ljava/lang/Class;)Ljava/security/spec/KeySpec;");
            let arguments = [JValue::Object(&key), JValue::Object(&self.classes.key_info)];
            let info = object(env, &factory, jni_str!("getKeySpec"), signature, &arguments)?;
            key_spec::level(env, &info, self.sdk)
        });
        Ok(level?)
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(call(|env| self.point(env, alias))?)
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(call(|env| self.signature(env, alias, message))?)
    }
}

/// The fault of a call that uses no key. Such a call cannot find that a key is gone, so `Gone` becomes `Failed`.
fn without_gone(fault: Fault) -> Fault {
    if fault == Fault(DeviceKeyFault::Gone) { Fault(DeviceKeyFault::Failed) } else { fault }
}

/// Calls the static `getInstance(algorithm, provider)` of `class`, with the keystore as the provider.
fn instance<'frame>(
    env: &mut Env<'frame>,
    class: &JClass,
    signature: MethodSignature<'static, 'static>,
    algorithm: &JObject,
) -> Result<JObject<'frame>, Fault> {
    let provider = env.new_string(PROVIDER)?;
    let arguments = [JValue::Object(algorithm), JValue::Object(&provider)];
    static_object(env, class, jni_str!("getInstance"), signature, &arguments)
}

/// The next string of an `Enumeration`. `None` at its end.
fn next(env: &mut Env, listed: &JObject) -> Result<Option<String>, Fault> {
    if !boolean(env, listed, jni_str!("hasMoreElements"), jni_sig!("()Z"), &[])? {
        return Ok(None);
    }
    let alias = object(env, listed, jni_str!("nextElement"), jni_sig!("()Ljava/lang/Object;"), &[])?;
    Ok(Some(env.cast_local::<JString>(alias)?.try_to_string(env)?))
}
