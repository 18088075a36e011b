//! The native method that reads an item of the vault: what uniffi hands over is a copy that nobody wipes. See [`crate::unlock`] for what makes it
//! safe.
#![allow(non_snake_case, reason = "JNI spells them")]

use jni::objects::{JByteArray, JByteBuffer, JClass, JString};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use walletlock_bindings::{LockError, Session};

use crate::answer::{self, written};
use crate::object::borrow;

/// What is answered for an item that is not there.
const NO_ITEM: jint = -1;

/// Writes the item to the beginning of a direct buffer, if it has room for all of it; the caller wipes it. Answers the item's length in either case,
/// or that there is none.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_dev_walletlock_Native_readItem<'frame>(
    caller: EnvUnowned<'frame>,
    _class: JClass<'frame>,
    number: jlong,
    item: JString<'frame>,
    buffer: JByteBuffer<'frame>,
) -> JByteArray<'frame> {
    answer::bytes(caller, |env| {
        // SAFETY: as for the methods of the unlock path.
        let session = unsafe { borrow::<Session>(number) }.ok_or(LockError::SessionEnded)?;
        let item = item.try_to_string(env).map_err(|_| LockError::Platform)?;
        let length = match session.read_item(&item)? {
            Some(bytes) => put(env, &buffer, &bytes).ok_or(LockError::Platform)?,
            None => NO_ITEM,
        };
        Ok(written(length))
    })
}

/// `None` if the buffer is not direct.
fn put(env: &mut Env, buffer: &JByteBuffer, bytes: &[u8]) -> Option<jint> {
    let start = env.get_direct_buffer_address(buffer).ok()?;
    let capacity = env.get_direct_buffer_capacity(buffer).ok()?;
    if bytes.len() <= capacity {
        // SAFETY: the buffer has that room, and lives as long as the caller's reference to it. Another thread might use it too: so no Rust
        // reference to it is made.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len()) };
    }
    jint::try_from(bytes.len()).ok()
}
