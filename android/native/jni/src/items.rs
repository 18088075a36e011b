//! The native method that reads an item of the vault. It is not left to uniffi, because uniffi passes bytes in a buffer
//! that it frees without wiping it. [`crate::unlock`] says what makes the method sound.
#![allow(non_snake_case, reason = "JNI spells them")]

use jni::objects::{JByteArray, JByteBuffer, JClass, JString};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use walletlock_bindings::{LockError, Session};

use crate::answer::{self, written};
use crate::object::borrow;

/// Answered for an item that does not exist.
const NO_ITEM: jint = -1;

/// Writes the item to the beginning of a direct buffer, if the whole item fits; the caller wipes the buffer. Answers
/// the item's length in either case, or [`NO_ITEM`].
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_readItem<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    item: JString<'frame>,
    buffer: JByteBuffer<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| {
        // SAFETY: see `# Safety` of `crate::unlock`.
        let session = unsafe { borrow::<Session>(number) }.ok_or(LockError::SessionEnded)?;
        let item = item.try_to_string(env).map_err(|_| LockError::Platform)?;
        let length = match session.read_item(&item)? {
            Some(bytes) => put(env, &buffer, &bytes).ok_or(LockError::Platform)?,
            None => NO_ITEM,
        };
        Ok(written(length))
    })
}

/// Copies `bytes` into the buffer if they fit. Returns their number in either case. `None` if the buffer is not direct.
fn put(env: &mut Env, buffer: &JByteBuffer, bytes: &[u8]) -> Option<jint> {
    let start = env.get_direct_buffer_address(buffer).ok()?;
    let capacity = env.get_direct_buffer_capacity(buffer).ok()?;
    if bytes.len() <= capacity {
        // SAFETY: the buffer has room for the bytes, and lives as long as the caller's reference to it. Another thread
        // might use it too, so no Rust reference to it is made.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len()) };
    }
    jint::try_from(bytes.len()).ok()
}
