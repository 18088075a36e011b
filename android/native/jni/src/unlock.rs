//! The native methods of the unlock path, declared in Kotlin's `dev.walletlock.Native`: one delegating line each.
//!
//! # Safety
//! For all of them: the VM passes what the method's Kotlin declaration says. A number was returned by another of these
//! methods, for the same type of object, and is not freed before the call has ended. Kotlin's `Handle` ensures that.
#![allow(non_snake_case, reason = "JNI spells them")]

use std::sync::Arc;

use jni::objects::{JByteArray, JClass, JObject, JString};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned, jni_sig, jni_str};
use walletlock_bindings::{LockError, PinEntry, Session, WalletLock, check_policy};
use walletlock_core::platform::{Biometrics, NoBiometrics, Platform, SystemEntropy};

use crate::android;
use crate::answer::{self, written};
use crate::java::{Fault, caught};
use crate::object::{borrow, free, number, share};
use crate::phone::Phone;

#[unsafe(no_mangle)]
extern "system" fn Java_dev_walletlock_Native_open<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    path: JString<'frame>,
    policy: JString<'frame>,
    phone: JObject<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| {
        let text = |text: &JString| text.try_to_string(env).map_err(|_| LockError::Platform);
        let (path, policy) = (text(&path)?, text(&policy)?);
        let (platform, listener) = parts(env, &phone).map_err(|_| LockError::Platform)?;
        Ok(written(number(WalletLock::open_on(&path, &policy, platform, listener)?)))
    })
}

/// Takes the phone's own parts if the app passed its `Context`, else the parts that the app implements. The prompt is
/// always the app's, because it belongs to the app's screen.
fn parts(env: &mut Env, phone: &JObject) -> Result<(Platform, Arc<Phone>), Fault> {
    let context = env.get_field(phone, jni_str!("context"), jni_sig!("Ljava/lang/Object;")).and_then(|it| it.l());
    let context = caught(env, context)?;
    let mut has = |what| {
        let has = env.get_field(phone, what, jni_sig!("Z")).and_then(|it| it.z());
        caught(env, has)
    };
    let (has_entropy, has_biometrics) = (has(jni_str!("hasEntropy"))?, has(jni_str!("hasBiometrics"))?);
    let phone = Arc::new(Phone::new(env.new_global_ref(phone)?));
    let biometrics: Arc<dyn Biometrics> = if has_biometrics { phone.clone() } else { Arc::new(NoBiometrics) };
    if !context.is_null() {
        return Ok((android::platform(env, context, biometrics)?, phone));
    }
    let platform = Platform {
        clock: phone.clone(),
        entropy: if has_entropy { phone.clone() } else { Arc::new(SystemEntropy::default()) },
        device_key: phone.clone(),
        biometrics,
    };
    Ok((platform, phone))
}

/// Over JNI and not uniffi, because an app with a policy of its own calls it before it opens the lock, and would wait
/// for JNA.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_walletlock_Native_checkPolicy<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    policy: JString<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| {
        let policy = policy.try_to_string(env).map_err(|_| LockError::Platform)?;
        Ok(written(check_policy(policy)?))
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_status<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| Ok(written(lock(number)?.status()?)))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_prepare<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| lock(number)?.prepare().map(unit_value))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_releaseMemory<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| lock(number)?.release_memory().map(unit_value))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_verifyPin<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    digits: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| {
        let digits = entry(digits).ok_or(LockError::WrongState)?;
        Ok(written(lock(number)?.verify_pin(digits)?))
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_lockNow<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| lock(number)?.lock_now(false).map(unit_value))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_screenWentOff<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| lock(number)?.lock_now(true).map(unit_value))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_openSessions<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| Ok(written(lock(number)?.open_sessions()?)))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_shareLock(_: EnvUnowned, _: JClass, number: jlong) -> jlong {
    // SAFETY: see the module's `# Safety`.
    answer::number(|| unsafe { share::<WalletLock>(number) })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_freeLock(_: EnvUnowned, _: JClass, number: jlong) {
    // SAFETY: see the module's `# Safety`.
    answer::no_answer(|| unsafe { free::<WalletLock>(number) });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_walletlock_Native_newEntry(_: EnvUnowned, _: JClass) -> jlong {
    answer::number(|| number(PinEntry::new()))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_push(
    _: EnvUnowned,
    _: JClass,
    number: jlong,
    digit: jint,
) -> jint {
    with_entry(number, |entry| entry.push(digit).map_or(NOT_A_DIGIT, jint::from))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_pop(_: EnvUnowned, _: JClass, number: jlong) -> jint {
    with_entry(number, |entry| entry.pop().into())
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_clear(_: EnvUnowned, _: JClass, number: jlong) -> jint {
    with_entry(number, |entry| {
        entry.clear();
        0
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_length(_: EnvUnowned, _: JClass, number: jlong) -> jint {
    with_entry(number, PinEntry::length)
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_duplicate(_: EnvUnowned, _: JClass, of: jlong) -> jlong {
    answer::number(|| entry(of).map_or(0, |entry| number(entry.duplicate())))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_matches(
    _: EnvUnowned,
    _: JClass,
    number: jlong,
    other: jlong,
) -> jint {
    with_entry(number, |mine| entry(other).is_some_and(|other| mine.matches(other)).into())
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_shareEntry(_: EnvUnowned, _: JClass, number: jlong) -> jlong {
    // SAFETY: see the module's `# Safety`.
    answer::number(|| unsafe { share::<PinEntry>(number) })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_freeEntry(_: EnvUnowned, _: JClass, number: jlong) {
    // SAFETY: see the module's `# Safety`.
    answer::no_answer(|| unsafe { free::<PinEntry>(number) });
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_isLive(_: EnvUnowned, _: JClass, number: jlong) -> jint {
    // SAFETY: see the module's `# Safety`.
    answer::int(|| unsafe { borrow::<Session>(number) }.is_some_and(Session::is_live).into())
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_endSession(_: EnvUnowned, _: JClass, number: jlong) -> jint {
    answer::int(|| {
        // SAFETY: see the module's `# Safety`.
        if let Some(session) = unsafe { borrow::<Session>(number) } {
            session.end();
        }
        0
    })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_shareSession(_: EnvUnowned, _: JClass, number: jlong) -> jlong {
    // SAFETY: see the module's `# Safety`.
    answer::number(|| unsafe { share::<Session>(number) })
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_freeSession(_: EnvUnowned, _: JClass, number: jlong) {
    // SAFETY: see the module's `# Safety`.
    answer::no_answer(|| unsafe { free::<Session>(number) });
}

/// What `push` answers if the number is not a digit.
const NOT_A_DIGIT: jint = -1;

pub(crate) fn lock<'call>(number: jlong) -> Result<&'call WalletLock, LockError> {
    // SAFETY: see the module's `# Safety`.
    unsafe { borrow(number) }.ok_or(LockError::WrongState)
}

fn entry<'call>(number: jlong) -> Option<&'call PinEntry> {
    // SAFETY: see the module's `# Safety`.
    unsafe { borrow(number) }
}

fn with_entry(number: jlong, call: impl FnOnce(&PinEntry) -> jint) -> jint {
    answer::int(|| entry(number).map_or(0, call))
}

/// The value of a method that returns nothing.
pub(crate) fn unit_value(_: ()) -> Vec<u8> {
    Vec::new()
}
