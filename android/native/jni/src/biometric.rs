//! The native methods that unlock with a finger or face, and those of the answer to a prompt. [`crate::unlock`] says
//! what makes them sound.
#![allow(non_snake_case, reason = "JNI spells them")]

use jni::objects::{JByteArray, JByteBuffer, JClass};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use uniffi::Lift;
use walletlock_bindings::{BiometricAnswer, BiometricRequest, LockError, UniFfiTag};
use walletlock_core::platform::{PromptEnd, WRAPPED_SLOT_KEY_BYTES};
use zeroize::Zeroizing;

use crate::answer::{self, constant, written};
use crate::object::{borrow, free};
use crate::unlock::{lock, unit_value};

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_biometricAvailability<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    asked: JByteArray<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| Ok(written(lock(number)?.biometric_availability(request(env, &asked)?)?)))
}

/// Blocks until the prompt has ended, which may take as long as the policy allows.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_verifyBiometrics<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    asked: JByteArray<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| Ok(written(lock(number)?.verify_biometrics(request(env, &asked)?)?)))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_cancelBiometrics<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    prompt: jlong,
) -> JByteArray<'frame> {
    answer::bytes(caller, |_| lock(number)?.cancel_biometrics(prompt).map(unit_value))
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_notRecognised(_: EnvUnowned, _: JClass, number: jlong) {
    answer::no_answer(|| answer_of(number).into_iter().for_each(BiometricAnswer::not_recognised));
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_authenticated<'frame>(
    mut caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    output: JByteBuffer<'frame>,
    position: jint,
    limit: jint,
) {
    let outcome = caller.with_env(|env| -> jni::errors::Result<()> {
        answer::no_answer(|| {
            let Some(answer) = answer_of(number) else { return };
            match take_output(env, &output, position, limit) {
                Some(output) => answer.authenticated(&output),
                None => answer.ended(PromptEnd::NoVerdict),
            }
        });
        Ok(())
    });
    // The method returns nothing to Java.
    let _ = outcome.into_outcome();
}

/// `end`: the ordinal of Kotlin's `BiometricEnd`.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_ended(_: EnvUnowned, _: JClass, number: jlong, end: jint) {
    let end = constant(end).unwrap_or(PromptEnd::NoVerdict);
    answer::no_answer(|| answer_of(number).into_iter().for_each(|answer| answer.ended(end)));
}

#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_freeAnswer(_: EnvUnowned, _: JClass, number: jlong) {
    // SAFETY: see `# Safety` of `crate::unlock`.
    answer::no_answer(|| unsafe { free::<BiometricAnswer>(number) });
}

fn answer_of<'call>(number: jlong) -> Option<&'call BiometricAnswer> {
    // SAFETY: see `# Safety` of `crate::unlock`.
    unsafe { borrow(number) }
}

/// Reads the request as the Kotlin facade has written it, in uniffi's form.
fn request(env: &mut Env, asked: &JByteArray) -> Result<BiometricRequest, LockError> {
    let bytes = env.convert_byte_array(asked).map_err(|_| LockError::Platform)?;
    <BiometricRequest as Lift<UniFfiTag>>::try_read(&mut bytes.as_slice()).map_err(|_| LockError::Platform)
}

/// Copies the bytes between position and limit, and wipes them in the buffer. `None` if the buffer is not direct, or if
/// there are more bytes than any key's operation returns.
fn take_output(env: &mut Env, output: &JByteBuffer, position: jint, limit: jint) -> Option<Zeroizing<Vec<u8>>> {
    let start = env.get_direct_buffer_address(output).ok()?;
    let capacity = env.get_direct_buffer_capacity(output).ok()?;
    let (position, limit) = (usize::try_from(position).ok()?, usize::try_from(limit).ok()?);
    let length = limit.checked_sub(position).filter(|_| limit <= capacity)?;
    let mut taken = Zeroizing::new(vec![0; length.min(WRAPPED_SLOT_KEY_BYTES)]);
    // SAFETY: position to limit lies within the buffer, which lives as long as the caller's reference to it. The facade
    // has checked that the buffer is writable. Another thread might write there too, so no Rust reference to it is
    // made.
    unsafe {
        let from = start.add(position);
        std::ptr::copy_nonoverlapping(from, taken.as_mut_ptr(), taken.len());
        (0..length).for_each(|at| from.add(at).write_volatile(0));
    }
    (length <= WRAPPED_SLOT_KEY_BYTES).then_some(taken)
}
