//! Calls into Java, from any thread. An exception is cleared at once and becomes a [`Fault`]; its text is never read.

use jni::errors::{Error, Result as JniResult};
use jni::objects::{JClass, JObject, JThrowable};
use jni::refs::Global;
use jni::signature::MethodSignature;
use jni::strings::JNIStr;
use jni::vm::JavaVM;
use jni::{AttachConfig, Env, JValue, jni_sig, jni_str};
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};

use crate::{answer, load};

/// How many exceptions of a chain of causes are looked at: Android wraps the keystore's own two or three times.
const CAUSES: usize = 8;

/// How many local references a call has room for. The most are needed to make a biometric key in a StrongBox, measure
/// two probe keys, and make the key again outside it: some 130.
const REFERENCES: usize = 160;

type Signature = MethodSignature<'static, 'static>;

/// Why a call into Java has no answer.
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

/// Runs `call` on this thread, and attaches the thread to the VM if Rust started it. The local references are freed
/// when `call` ends.
pub(crate) fn call<T>(call: impl FnOnce(&mut Env) -> Result<T, Fault>) -> Result<T, Fault> {
    let (mut call, mut answer) = (Some(call), None);
    attached(&mut |env| {
        answer = Some(call.take().ok_or(Fault(DeviceKeyFault::Failed))?(env)?);
        Ok(())
    })?;
    answer.ok_or(Fault(DeviceKeyFault::Failed))
}

/// Not generic, so that it is compiled once: attaching takes several KiB of code, and each type of `call` would get a
/// copy.
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

/// Looks up a class. The global reference keeps it loaded.
pub(crate) fn class(env: &mut Env, name: &JNIStr) -> Result<Global<JClass<'static>>, Fault> {
    let found = env.find_class(name);
    let found = caught(env, found)?;
    Ok(env.new_global_ref(found)?)
}

/// The answer of one call. If the call threw, clears the exception, whose class says which fault it was.
pub(crate) fn caught<T>(env: &mut Env, answer: JniResult<T>) -> Result<T, Fault> {
    let error = match answer {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    let Some(thrown) = env.exception_occurred() else { return Err(error.into()) };
    env.exception_clear();
    let fault = env.with_local_frame(REFERENCES, |env| read(env, thrown));
    // `read` calls Java as well, and may have thrown.
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

/// What an exception's class means. According to AOSP's KeyStoreCryptoOperationUtils a locked phone throws
/// `UserNotAuthenticatedException`, and a key that is not found or was invalidated
/// `KeyPermanentlyInvalidatedException`.
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

/// What the keystore's own exception tells by its methods. It has them from Android 13 on.
fn keystore_fault(env: &mut Env, exception: &JObject) -> Option<DeviceKeyFault> {
    let mut says = |method| boolean(env, exception, method, jni_sig!("()Z"), &[]).unwrap_or(false);
    // The keystore may answer later, or once the phone is unlocked.
    if says(jni_str!("isTransientFailure")) || says(jni_str!("requiresUserAuthentication")) {
        return Some(DeviceKeyFault::Busy);
    }
    let code = int(env, exception, jni_str!("getNumericErrorCode"), jni_sig!("()I"), &[]);
    code.ok().and_then(meaning_of_code)
}

/// What the public error codes of `android.security.KeyStoreException` mean.
fn meaning_of_code(code: i32) -> Option<DeviceKeyFault> {
    match code {
        // ERROR_USER_AUTHENTICATION_REQUIRED, ERROR_KEYSTORE_UNINITIALIZED (the secret that unlocks the phone has not
        // reached the keystore yet), ERROR_KEY_OPERATION_EXPIRED (other apps began too many operations). Each of them
        // is temporary.
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
        assert_eq!(meaning("java.security.UnrecoverableKeyException"), None, "it does not say why there is no key");
        assert_eq!(of("StrongBoxUnavailableException"), None);
    }
}
