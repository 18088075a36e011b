//! Keys in the phone's own keystore (`AndroidKeyStore`): HMAC-SHA256, and the AES keys that only its biometric prompt lets be used. They are made
//! there and used there; no app, this one included, ever has them.

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

/// A StrongBox that takes longer than this for one HMAC, in milliseconds, is not used: a person waits for it at every PIN, next to Argon2id's
/// quarter of a second. Our own choice; phones differ between some 30 ms and half a second.
const STRONGBOX_AT_MOST_MS: i64 = 200;

const PROVIDER: &str = "AndroidKeyStore";

/// The app's own keys there.
pub(crate) struct Keystore {
    classes: Classes,
    /// Android's API level.
    sdk: i32,
    /// Whether a StrongBox is worth a try: not on early versions, nor once it was slow, which takes it seconds to show. That one did not answer
    /// says nothing of the next time.
    tries_strongbox: AtomicBool,
}

/// Found once, from a call of the app's: threads that Rust started look in other places.
struct Classes {
    keystore: Global<JClass<'static>>,
    mac: Global<JClass<'static>>,
    key_generator: Global<JClass<'static>>,
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
            key_generator: class(env, jni_str!("javax/crypto/KeyGenerator"))?,
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

    /// The phone's keystore. That there is none is what a phone without such hardware says.
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

    /// No key is given also where the keystore itself failed. That there is none is only said when it was asked for by name as well; whether to
    /// believe it is the core's to decide.
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

    /// A `Mac` with the key in it. By then the keystore has agreed to use the key: where the phone is locked, or the key is one for AES, it says
    /// so here.
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

    fn generate(&self, env: &mut Env, alias: &str, spec: KeySpec) -> Result<(), Fault> {
        let algorithm = env.new_string(spec.algorithm.name())?;
        let spec = key_spec::build(env, &self.classes.spec_builder, alias, spec)?;
        let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;)Ljavax/crypto/KeyGenerator;");
        let generator = instance(env, &self.classes.key_generator, signature, &algorithm)?;
        let signature = jni_sig!("(Ljava/security/spec/AlgorithmParameterSpec;)V");
        void(env, &generator, jni_str!("init"), signature, &[JValue::Object(&spec)])?;
        object(env, &generator, jni_str!("generateKey"), jni_sig!("()Ljavax/crypto/SecretKey;"), &[])?;
        Ok(())
    }

    /// In the StrongBox, if there is one, it has room, and it is fast enough. Whatever it is that it does not do it for, another key will do.
    fn is_made_in_strongbox(&self, env: &mut Env, alias: &str, spec: KeySpec) -> bool {
        let in_strongbox = KeySpec { in_strongbox: true, ..spec };
        let made = if spec.asks_for.is_none() {
            self.is_made_and_fast(env, alias, in_strongbox)
        } else {
            // What asks for a person cannot be measured before one is there. Another key is, for this process may have made none yet: what
            // takes the time is the way to the chip and back, whatever is computed there. Its alias is beneath the other's: should the app be
            // ended now, the next opening deletes it.
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
        // Where the whole keystore is slow, as just after a start, that says nothing of the chip: what it takes without one is not counted.
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

    /// How long one HMAC takes. The first use may load something that later ones find there.
    fn fastest_ms(&self, env: &mut Env, alias: &str) -> Result<i64, Fault> {
        let first = self.takes_ms(env, alias)?;
        Ok(first.min(self.takes_ms(env, alias)?))
    }

    /// By Android's own clock, which nobody sets, and which a test can move.
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
            // An app may have any number of keys of its own: what each takes is given back before the next.
            while let Some(alias) = env.with_local_frame(8, |env| next(env, &listed))? {
                found.push(alias);
            }
            Ok(found)
        });
        let mut found: Vec<_> =
            found.map_err(of_no_key)?.into_iter().filter(|alias: &String| alias.starts_with(prefix)).collect();
        found.sort();
        Ok(found)
    }

    /// By its name. Whatever is thrown is a fault. A keystore that failed may say `false` all the same, so the core believes no single answer.
    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(call(|env| self.contains(env, alias)).map_err(of_no_key)?)
    }

    /// The keystore would replace a key of that alias without a word, and with it destroy what it protects: so it is asked first.
    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let created = call(|env| {
            if self.contains(env, alias)? {
                return Err(Fault(DeviceKeyFault::Failed));
            }
            let spec = KeySpec::of(purpose, self.sdk);
            // The seal's keys are made all the time, one for each epoch: that is nothing for a chip that takes its time to make a key.
            if purpose != KeyPurpose::Seal && self.tries_strongbox.load(Ordering::Relaxed) {
                if self.is_made_in_strongbox(env, alias, spec) {
                    return Ok(());
                }
                // What is left of it is replaced, if it cannot be deleted.
                self.remove(env, alias).ok();
            }
            self.generate(env, alias, spec)
        });
        Ok(created.map_err(of_no_key)?)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let ready = call(|env| {
            let mac = self.mac(env, alias)?;
            // Ends what was begun: a keystore has few operations at a time.
            void(env, &mac, jni_str!("reset"), jni_sig!("()V"), &[])
        });
        Ok(ready?)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        Ok(call(|env| self.compute(env, alias, input))?)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        Ok(call(|env| self.remove(env, alias)).map_err(of_no_key)?)
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
}

/// Of a call that uses no key: whatever the keystore says, it does not say that a key is gone.
fn of_no_key(fault: Fault) -> Fault {
    if fault == Fault(DeviceKeyFault::Gone) { Fault(DeviceKeyFault::Failed) } else { fault }
}

/// `getInstance` of a class that has algorithms of the keystore's.
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

/// The next of an `Enumeration` of strings.
fn next(env: &mut Env, listed: &JObject) -> Result<Option<String>, Fault> {
    if !boolean(env, listed, jni_str!("hasMoreElements"), jni_sig!("()Z"), &[])? {
        return Ok(None);
    }
    let alias = object(env, listed, jni_str!("nextElement"), jni_sig!("()Ljava/lang/Object;"), &[])?;
    Ok(Some(env.cast_local::<JString>(alias)?.try_to_string(env)?))
}
