//! What a native method answers. Nothing is thrown into Java: a fault is an answer, and so is a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jni::objects::JByteArray;
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned, Outcome};
use uniffi::{Lift, Lower};
use walletlock_bindings::{LockError, UniFfiTag};

use crate::load;

/// Answered after a panic, and before `JNI_OnLoad` has run. No method answers this number itself.
const PANICKED: jint = jint::MIN;

/// The first byte of an answer in bytes.
const VALUE: u8 = 0;
const FAULT: u8 = 1;
const NOTHING: u8 = 2;

/// A value as uniffi writes it, or the fault.
type Value = Result<Vec<u8>, LockError>;

/// Answers a byte that says what follows, and then the value or the [`LockError`] as uniffi writes it.
///
/// Null, with Java's `OutOfMemoryError` pending, only if the VM has no memory for the array.
pub(crate) fn bytes<'frame>(
    caller: EnvUnowned<'frame>,
    call: impl FnOnce(&mut Env<'frame>) -> Value,
) -> JByteArray<'frame> {
    let mut call = Some(call);
    answered(caller, &mut |env| call.take().map(|call| call(env)))
}

/// Not generic, so that it is compiled once; see `java::attached`.
fn answered<'frame>(
    mut caller: EnvUnowned<'frame>,
    call: &mut dyn FnMut(&mut Env<'frame>) -> Option<Value>,
) -> JByteArray<'frame> {
    let answered = caller.with_env(|env| {
        let answer = match catch_unwind(AssertUnwindSafe(|| load::classes().and_then(|_| call(env)))) {
            Ok(Some(Ok(value))) => [vec![VALUE], value].concat(),
            Ok(Some(Err(fault))) => [vec![FAULT], written(fault)].concat(),
            // `JNI_OnLoad` has not run, or the call panicked.
            Ok(None) | Err(_) => vec![NOTHING],
        };
        env.byte_array_from_slice(&answer)
    });
    match answered.into_outcome() {
        Outcome::Ok(answer) => answer,
        _ => JByteArray::null(),
    }
}

/// Answers a small number.
pub(crate) fn int(call: impl FnOnce() -> jint) -> jint {
    guarded(call).unwrap_or(PANICKED)
}

/// Answers an object's number, or 0 for none.
pub(crate) fn number(call: impl FnOnce() -> jlong) -> jlong {
    guarded(call).unwrap_or(0)
}

/// Answers nothing. A panic ends here; Java does not learn of it.
pub(crate) fn no_answer(call: impl FnOnce()) {
    let _ = guarded(call);
}

fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    load::classes()?;
    catch_unwind(AssertUnwindSafe(call)).ok()
}

/// The value in the form that uniffi writes and the generated Kotlin reads.
pub(crate) fn written<T: Lower<UniFfiTag>>(value: T) -> Vec<u8> {
    let mut bytes = Vec::new();
    T::write(value, &mut bytes);
    bytes
}

/// The number of an enum's constant, counted from 0 as Kotlin's `ordinal` counts; uniffi counts from 1.
pub(crate) fn ordinal<T: Lower<UniFfiTag>>(constant: T) -> jint {
    let written = written(constant);
    let number = written.first_chunk::<4>().map_or(0, |number| jint::from_be_bytes(*number));
    number - 1
}

/// The constant with that [`ordinal`].
pub(crate) fn constant<T: Lift<UniFfiTag>>(ordinal: jint) -> Option<T> {
    let number = ordinal.checked_add(1)?.to_be_bytes();
    T::try_read(&mut number.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use walletlock_core::events::Kind;
    use walletlock_core::platform::{DeviceKeyFault, KeyPurpose, SecurityLevel};

    use super::*;

    #[test]
    fn constants_are_counted_as_kotlin_counts_them() {
        let purposes = [KeyPurpose::PinSlot, KeyPurpose::Seal, KeyPurpose::Biometric, KeyPurpose::Installation];
        assert_eq!(purposes.map(ordinal), [0, 1, 2, 3]);
        assert_eq!((ordinal(Kind::Enrolled), ordinal(Kind::BiometricsRefused)), (0, 21));
        for (at, level) in [SecurityLevel::Strongbox, SecurityLevel::TrustedEnvironment].into_iter().enumerate() {
            assert_eq!(constant(at as jint), Some(level));
        }
        assert_eq!(constant(3), Some(DeviceKeyFault::Failed));
        for wrong in [-1, 4, jint::MIN, jint::MAX] {
            assert_eq!(constant::<DeviceKeyFault>(wrong), None);
        }
    }

    #[test]
    fn without_jni_on_load_every_answer_says_that_there_is_none() {
        assert_eq!(int(|| 7), PANICKED);
        assert_eq!(number(|| 7), 0);
    }
}
