//! Calls into Java, from any thread. What is thrown there is cleared at once and becomes a fault; its text is not even read.

use jni::errors::{Error, Result as JniResult};
use jni::objects::{JClass, JObject, JThrowable};
use jni::refs::Global;
use jni::signature::MethodSignature;
use jni::strings::JNIStr;
use jni::vm::JavaVM;
use jni::{AttachConfig, Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};

use crate::{answer, load};

/// How deep a cause may lie: Android wraps what the keystore says two or three times.
const CAUSES: usize = 8;

/// Local references that a call has room for: making a biometric key, measuring two others, and making it again elsewhere, takes some hundred
/// and thirty.
const REFERENCES: usize = 160;

type Signature = MethodSignature<'static, 'static>;

/// What became of a call into Java, if it is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) DeviceKeyFault);

impl From<Error> for Fault {
    fn from(_: Error) -> Self {
        Self(DeviceKeyFault::Failed)
    }
}

impl From<Fault> for DeviceKeyFault {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

impl From<Fault> for PlatformFault {
    fn from(_: Fault) -> Self {
        Self
    }
}

/// Runs `call` on this thread, which is attached to the VM for it if Rust started it. Its local references go when it ends.
pub(crate) fn call<T>(call: impl FnOnce(&mut Env) -> Result<T, Fault>) -> Result<T, Fault> {
    let (mut call, mut answer) = (Some(call), None);
    attached(&mut |env| {
        answer = Some(call.take().ok_or(Fault(DeviceKeyFault::Failed))?(env)?);
        Ok(())
    })?;
    answer.ok_or(Fault(DeviceKeyFault::Failed))
}

/// One function for all calls: what attaching takes is several KiB of code, and a call of a type of its own would bring its own.
fn attached(call: &mut dyn FnMut(&mut Env) -> Result<(), Fault>) -> Result<(), Fault> {
    JavaVM::singleton()?.attach_current_thread_with_config(AttachConfig::default, Some(REFERENCES), call)
}

/// Calls a method that returns an object, which may be null.
pub(crate) fn object<'frame>(
    env: &mut Env<'frame>,
    of: &JObject,
    method: &JNIStr,
    signature: Signature,
    arguments: &[JValue],
) -> Result<JObject<'frame>, Fault> {
    let answer = env.call_method(of, method, signature, arguments).and_then(|answer| answer.l());
    caught(env, answer)
}

/// Calls a static method that returns an object, which may be null.
pub(crate) fn static_object<'frame>(
    env: &mut Env<'frame>,
    class: &JClass,
    method: &JNIStr,
    signature: Signature,
    arguments: &[JValue],
) -> Result<JObject<'frame>, Fault> {
    let answer = env.call_static_method(class, method, signature, arguments).and_then(|answer| answer.l());
    caught(env, answer)
}

/// Calls a method that returns a `boolean`.
pub(crate) fn boolean(
    env: &mut Env,
    of: &JObject,
    method: &JNIStr,
    signature: Signature,
    arguments: &[JValue],
) -> Result<bool, Fault> {
    let answer = env.call_method(of, method, signature, arguments).and_then(|answer| answer.z());
    caught(env, answer)
}

/// Calls a method that returns an `int`.
pub(crate) fn int(
    env: &mut Env,
    of: &JObject,
    method: &JNIStr,
    signature: Signature,
    arguments: &[JValue],
) -> Result<i32, Fault> {
    let answer = env.call_method(of, method, signature, arguments).and_then(|answer| answer.i());
    caught(env, answer)
}

/// Calls a static method without arguments that returns a `long`.
pub(crate) fn static_long(env: &mut Env, class: &JClass, method: &JNIStr) -> Result<i64, Fault> {
    let answer = env.call_static_method(class, method, jni_sig!("()J"), &[]).and_then(|answer| answer.j());
    caught(env, answer)
}

/// Calls a method that returns nothing.
pub(crate) fn void(
    env: &mut Env,
    of: &JObject,
    method: &JNIStr,
    signature: Signature,
    arguments: &[JValue],
) -> Result<(), Fault> {
    let answer = env.call_method(of, method, signature, arguments).and_then(|answer| answer.v());
    caught(env, answer)
}

/// A class, for as long as it is kept.
pub(crate) fn class(env: &mut Env, name: &JNIStr) -> Result<Global<JClass<'static>>, Fault> {
    let found = env.find_class(name);
    let found = caught(env, found)?;
    Ok(env.new_global_ref(found)?)
}

/// The answer of one call; what it threw is cleared, and says what the fault was.
pub(crate) fn caught<T>(env: &mut Env, answer: JniResult<T>) -> Result<T, Fault> {
    let error = match answer {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    let Some(thrown) = env.exception_occurred() else { return Err(error.into()) };
    env.exception_clear();
    let fault = env.with_local_frame(REFERENCES, |env| read(env, thrown));
    // Looking into it may have thrown something itself.
    env.exception_clear();
    Err(Fault(fault.unwrap_or(DeviceKeyFault::Failed)))
}

fn read(env: &mut Env, thrown: JThrowable) -> Result<DeviceKeyFault, Fault> {
    let ours = &load::classes().ok_or(Error::UninitializedJavaVM)?.device_key_exception;
    let mut next = thrown;
    for _ in 0..CAUSES {
        if next.is_null() {
            break;
        }
        if env.is_instance_of(&next, ours)? {
            return own_fault(env, &next);
        }
        let name = env.get_object_class(&next)?.get_name(env)?.try_to_string(env)?;
        if let Some(fault) = meaning(&name) {
            return Ok(fault);
        }
        if name == KEYSTORE_EXCEPTION
            && let Some(fault) = keystore_fault(env, &next)
        {
            return Ok(fault);
        }
        next = next.get_cause(env)?;
    }
    Ok(DeviceKeyFault::Failed)
}

/// What the exceptions of `android.security.keystore` mean. By AOSP's KeyStoreCryptoOperationUtils a phone that is locked is told as
/// `UserNotAuthenticatedException`, and a key that is not found or was invalidated as `KeyPermanentlyInvalidatedException`.
fn meaning(class: &str) -> Option<DeviceKeyFault> {
    match class {
        "android.security.keystore.KeyPermanentlyInvalidatedException" => Some(DeviceKeyFault::Gone),
        "android.security.keystore.UserNotAuthenticatedException"
        | "android.security.keystore.BackendBusyException" => Some(DeviceKeyFault::Busy),
        "java.security.NoSuchAlgorithmException" | "java.security.NoSuchProviderException" => {
            Some(DeviceKeyFault::NoHardware)
        }
        _ => None,
    }
}

const KEYSTORE_EXCEPTION: &str = "android.security.KeyStoreException";

/// What the keystore's own exception says of itself from Android 13 on; earlier ones have none of these methods.
fn keystore_fault(env: &mut Env, exception: &JObject) -> Option<DeviceKeyFault> {
    let mut says = |method| boolean(env, exception, method, jni_sig!("()Z"), &[]).unwrap_or(false);
    // Later it may answer; or once the phone is unlocked.
    if says(jni_str!("isTransientFailure")) || says(jni_str!("requiresUserAuthentication")) {
        return Some(DeviceKeyFault::Busy);
    }
    let code = int(env, exception, jni_str!("getNumericErrorCode"), jni_sig!("()I"), &[]);
    code.ok().and_then(meaning_of_code)
}

/// By the public codes of `android.security.KeyStoreException`.
fn meaning_of_code(code: i32) -> Option<DeviceKeyFault> {
    match code {
        // ERROR_USER_AUTHENTICATION_REQUIRED, ERROR_KEYSTORE_UNINITIALIZED (what the phone was unlocked by has not reached it yet),
        // ERROR_KEY_OPERATION_EXPIRED (others began too many): each passes.
        2 | 3 | 15 => Some(DeviceKeyFault::Busy),
        // ERROR_KEY_DOES_NOT_EXIST, ERROR_KEY_CORRUPTED.
        6 | 7 => Some(DeviceKeyFault::Gone),
        _ => None,
    }
}

fn own_fault(env: &mut Env, exception: &JObject) -> Result<DeviceKeyFault, Fault> {
    let signature = jni_sig!("()Ldev/walletlock/DeviceKeyFault;");
    let fault = object(env, exception, jni_str!("getFault"), signature, &[])?;
    let ordinal = int(env, &fault, jni_str!("ordinal"), jni_sig!("()I"), &[])?;
    Ok(answer::constant(ordinal).unwrap_or(DeviceKeyFault::Failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_vm_a_call_is_a_fault_and_not_a_crash() {
        assert_eq!(call(|_| Ok(())), Err(Fault(DeviceKeyFault::Failed)));
    }

    #[test]
    fn a_locked_phone_is_busy_and_an_invalidated_key_is_gone() {
        let of = |name: &str| meaning(&format!("android.security.keystore.{name}"));
        assert_eq!(of("UserNotAuthenticatedException"), Some(DeviceKeyFault::Busy));
        assert_eq!(of("BackendBusyException"), Some(DeviceKeyFault::Busy));
        assert_eq!(of("KeyPermanentlyInvalidatedException"), Some(DeviceKeyFault::Gone));
        assert_eq!(meaning("java.security.NoSuchAlgorithmException"), Some(DeviceKeyFault::NoHardware));
        assert_eq!(meaning("java.lang.IllegalStateException"), None);
        assert_eq!(
            meaning("java.security.UnrecoverableKeyException"),
            None,
            "it says no more than that it gives no key"
        );
        assert_eq!(of("StrongBoxUnavailableException"), None);
    }
}
