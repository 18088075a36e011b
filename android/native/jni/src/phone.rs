//! The parts of the platform that the app implements itself, and its listener. Both are reached through the facade's
//! class `Phone`.

use jni::objects::{JByteArray, JLongArray, JObject, JObjectArray, JString};
use jni::refs::Global;
use jni::strings::JNIStr;
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::Now;
use walletlock_core::events::Event;
use walletlock_core::platform::{
    Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, PlatformFault, SecurityLevel,
};
use zeroize::Zeroizing;

use crate::answer::{constant, ordinal};
use crate::java::{Fault, boolean, call, caught, int, object, void};

/// `dev.walletlock.Phone`.
pub(crate) struct Phone(Global<JObject<'static>>);

impl Phone {
    pub(crate) fn new(phone: Global<JObject<'static>>) -> Self {
        Self(phone)
    }

    pub(crate) fn object(&self) -> &JObject<'static> {
        &self.0
    }
}

impl Clock for Phone {
    fn now(&self) -> Result<Now, PlatformFault> {
        let read = call(|env| {
            let answer = object(env, &self.0, jni_str!("now"), jni_sig!("()[J"), &[])?;
            let array = env.cast_local::<JLongArray>(answer)?;
            let mut read = [0; 3];
            let copied = array.get_region(env, 0, &mut read);
            caught(env, copied)?;
            Ok(read)
        });
        let [boot, since_boot, wall_ms] = read?;
        Ok(Now {
            // A negative count means that there is none.
            boot: u32::try_from(boot).ok(),
            since_boot_ms: u64::try_from(since_boot).map_err(|_| PlatformFault)?,
            wall_ms,
        })
    }

    fn utc_offset_s(&self, wall_ms: i64) -> Result<i32, PlatformFault> {
        let arguments = [JValue::Long(wall_ms)];
        Ok(call(|env| int(env, &self.0, jni_str!("utcOffsetS"), jni_sig!("(J)I"), &arguments))?)
    }
}

impl Entropy for Phone {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        let count = i32::try_from(bytes.len()).map_err(|_| PlatformFault)?;
        let given = call(|env| {
            let given = object(env, &self.0, jni_str!("randomBytes"), jni_sig!("(I)[B"), &[JValue::Int(count)])?;
            take_bytes(env, given)
        })?;
        if given.len() != bytes.len() {
            return Err(PlatformFault);
        }
        bytes.copy_from_slice(&given);
        Ok(())
    }
}

impl DeviceKey for Phone {
    /// Each device key of an app counts as a keystore of its own: two of them in one process need not hold the same
    /// keys.
    fn instance(&self) -> u64 {
        self.0.as_raw().addr() as u64
    }

    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let aliases = call(|env| {
            let prefix = env.new_string(prefix)?;
            let signature = jni_sig!("(Ljava/lang/String;)[Ljava/lang/String;");
            let listed = object(env, &self.0, jni_str!("aliases"), signature, &[JValue::Object(&prefix)])?;
            let listed = env.cast_local::<JObjectArray<JString>>(listed)?;
            let text = |env: &mut Env, at| {
                let alias = listed.get_element(env, at);
                Ok(caught(env, alias)?.try_to_string(env)?)
            };
            // The local references of one alias are freed before the next.
            (0..listed.len(env)?).map(|at| env.with_local_frame(4, |env| text(env, at))).collect()
        });
        Ok(aliases?)
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        let exists = call(|env| {
            let alias = env.new_string(alias)?;
            boolean(env, &self.0, jni_str!("exists"), jni_sig!("(Ljava/lang/String;)Z"), &[JValue::Object(&alias)])
        });
        Ok(exists?)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let created = call(|env| {
            let alias = env.new_string(alias)?;
            let arguments = [JValue::Object(&alias), JValue::Int(ordinal(purpose))];
            void(env, &self.0, jni_str!("create"), jni_sig!("(Ljava/lang/String;I)V"), &arguments)
        });
        Ok(created?)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.with_alias(jni_str!("ready"), alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.compute(jni_str!("hmac"), alias, input)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.with_alias(jni_str!("delete"), alias)
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        let level = call(|env| {
            let alias = env.new_string(alias)?;
            let signature = jni_sig!("(Ljava/lang/String;)I");
            int(env, &self.0, jni_str!("securityLevel"), signature, &[JValue::Object(&alias)])
        });
        constant(level?).ok_or(DeviceKeyFault::Failed)
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        let point = call(|env| {
            let alias = env.new_string(alias)?;
            let signature = jni_sig!("(Ljava/lang/String;)[B");
            let point = object(env, &self.0, jni_str!("publicKey"), signature, &[JValue::Object(&alias)])?;
            take_bytes(env, point)
        });
        Ok(point?.to_vec())
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(self.compute(jni_str!("sign"), alias, message)?.to_vec())
    }
}

impl Listener for Phone {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        let told = call(|env| {
            let number = i64::try_from(event.number).unwrap_or(i64::MAX);
            let arguments = [JValue::Long(number), JValue::Long(event.time.wall_ms), JValue::Int(ordinal(event.kind))];
            void(env, &self.0, jni_str!("onEvent"), jni_sig!("(JJI)V"), &arguments)
        });
        Ok(told?)
    }
}

impl Phone {
    fn with_alias(&self, method: &JNIStr, alias: &str) -> Result<(), DeviceKeyFault> {
        let done = call(|env| {
            let alias = env.new_string(alias)?;
            void(env, &self.0, method, jni_sig!("(Ljava/lang/String;)V"), &[JValue::Object(&alias)])
        });
        Ok(done?)
    }

    /// Calls a method that computes with a key.
    fn compute(&self, method: &JNIStr, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let output = call(|env| {
            let alias = env.new_string(alias)?;
            let given = env.byte_array_from_slice(input)?;
            let arguments = [JValue::Object(&alias), JValue::Object(&given)];
            let output = object(env, &self.0, method, jni_sig!("(Ljava/lang/String;[B)[B"), &arguments);
            wipe(env, &given, input.len());
            take_bytes(env, output?)
        });
        Ok(output?)
    }
}

/// Copies the bytes of an array that Java returned, and wipes the array.
pub(crate) fn take_bytes(env: &mut Env, array: JObject) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if array.is_null() {
        return Err(Fault(DeviceKeyFault::Failed));
    }
    let array = env.cast_local::<JByteArray>(array)?;
    let mut bytes = Zeroizing::new(vec![0_i8; array.len(env)?]);
    let copied = array.get_region(env, 0, &mut bytes);
    caught(env, copied)?;
    wipe(env, &array, bytes.len());
    Ok(Zeroizing::new(bytes.iter().map(|byte| *byte as u8).collect()))
}

/// Wipes a copy on Java's heap. Not guaranteed to be the only one: the VM may have moved the array before, and left a
/// copy behind.
pub(crate) fn wipe(env: &mut Env, array: &JByteArray, length: usize) {
    let wiped = array.set_region(env, 0, &vec![0; length]);
    // `length` is the array's own length, so this does not fail.
    caught(env, wiped).ok();
}
