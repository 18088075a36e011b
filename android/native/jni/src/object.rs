//! Objects that Kotlin holds by a number. The number is uniffi's own handle, so the generated code can take over any of
//! them at any time.

use std::sync::Arc;

use jni::sys::jlong;
use uniffi::ffi::Handle;

/// Makes a strong reference for Kotlin, as a number. Kotlin passes it to [`free`] exactly once.
pub(crate) fn number<T>(object: Arc<T>) -> jlong {
    Handle::from_arc(object).as_raw() as jlong
}

/// The object of a number. `None` for 0, which is no object's number.
///
/// # Safety
/// `number` came from [`number`] or [`share`] of the same type, and is not freed during `'a`. Kotlin's `Handle` keeps
/// it until the last call has ended.
pub(crate) unsafe fn borrow<'a, T>(number: jlong) -> Option<&'a T> {
    // SAFETY: as above.
    unsafe { Handle::from_raw(number as u64)?.as_pointer::<T>().as_ref() }
}

/// Makes one more strong reference to the same object. 0 if `number` is 0.
///
/// # Safety
/// As [`borrow`].
pub(crate) unsafe fn share<T>(number: jlong) -> jlong {
    // SAFETY: as above.
    let shared = unsafe { Handle::from_raw(number as u64).map(|handle| handle.clone_arc_handle::<T>()) };
    shared.map_or(0, |handle| handle.as_raw() as jlong)
}

/// Drops one strong reference.
///
/// # Safety
/// As [`borrow`], and the number is not used after this.
pub(crate) unsafe fn free<T>(number: jlong) {
    // SAFETY: as above.
    drop(unsafe { Handle::from_raw(number as u64).map(|handle| handle.into_arc::<T>()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_are_counted_and_0_is_no_object() {
        let object = Arc::new("kept".to_owned());
        let number = number(object.clone());
        // SAFETY: each reference is freed once, and no number is used after that.
        unsafe {
            assert_eq!(borrow::<String>(number).map(String::as_str), Some("kept"));
            let shared = share::<String>(number);
            assert_eq!(Arc::strong_count(&object), 3);
            free::<String>(number);
            free::<String>(shared);
            assert_eq!(Arc::strong_count(&object), 1);
            assert!(borrow::<String>(0).is_none());
            assert_eq!(share::<String>(0), 0);
            free::<String>(0);
        }
    }
}
