//! What a native method answers. Nothing is thrown: a fault is an answer, and so is a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jni::objects::JByteArray;
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned, Outcome};
use uniffi::{Lift, Lower};
use walletlock_bindings::{LockError, UniFfiTag};

use crate::load;

/// No number that a method answers.
const PANICKED: jint = jint::MIN;

/// The first byte of an answer in bytes.
const VALUE: u8 = 0;
const FAULT: u8 = 1;
const NOTHING: u8 = 2;

/// As uniffi writes it, or why there is none.
type Value = Result<Vec<u8>, LockError>;

/// A value, or the [`LockError`], as uniffi writes them, behind a byte that says which.
///
/// Null, with Java's own error pending, only if the VM has no memory for it.
pub(crate) fn bytes<'frame>(
    caller: EnvUnowned<'frame>,
    call: impl FnOnce(&mut Env<'frame>) -> Value,
) -> JByteArray<'frame> {
    let mut call = Some(call);
    answered(caller, &mut |env| call.take().map(|call| call(env)))
}

/// One function for all methods; see `java::attached`.
fn answered<'frame>(
    mut caller: EnvUnowned<'frame>,
    call: &mut dyn FnMut(&mut Env<'frame>) -> Option<Value>,
) -> JByteArray<'frame> {
    let answered = caller.with_env(|env| {
        let answer = match catch_unwind(AssertUnwindSafe(|| load::classes().and_then(|_| call(env)))) {
            Ok(Some(Ok(value))) => [vec![VALUE], value].concat(),
            Ok(Some(Err(fault))) => [vec![FAULT], written(fault)].concat(),
            // It was never initialised, or it panicked.
            Ok(None) | Err(_) => vec![NOTHING],
        };
        env.byte_array_from_slice(&answer)
    });
    match answered.into_outcome() {
        Outcome::Ok(answer) => answer,
        _ => JByteArray::null(),
    }
}

/// A small number.
pub(crate) fn int(call: impl FnOnce() -> jint) -> jint {
    guarded(call).unwrap_or(PANICKED)
}

/// An object's number; 0 is none.
pub(crate) fn number(call: impl FnOnce() -> jlong) -> jlong {
    guarded(call).unwrap_or(0)
}

/// None at all: a panic ends here, and nobody is told of it.
pub(crate) fn done(call: impl FnOnce()) {
    let _ = guarded(call);
}

fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    load::classes()?;
    catch_unwind(AssertUnwindSafe(call)).ok()
}

/// As uniffi writes it: what the generated Kotlin reads.
pub(crate) fn written<T: Lower<UniFfiTag>>(value: T) -> Vec<u8> {
    let mut bytes = Vec::new();
    T::write(value, &mut bytes);
    bytes
}

/// Which constant of an enum it is, counted from 0, as Kotlin's `ordinal` does: uniffi counts them from 1.
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
        assert_eq!([KeyPurpose::PinSlot, KeyPurpose::Seal, KeyPurpose::Biometric].map(ordinal), [0, 1, 2]);
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
