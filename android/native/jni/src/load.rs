//! What happens when `System.load` or `System.loadLibrary` loads the library.

use std::ffi::c_void;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use jni::objects::JClass;
use jni::refs::Global;
use jni::sys::{JNI_ERR, JNI_VERSION_1_6, jint};
use jni::vm::JavaVM;
use jni::{Env, jni_str};

use crate::logging;

static LOADED: OnceLock<Classes> = OnceLock::new();

/// The app's classes that Rust uses. They are looked up here, because a thread that Rust started would not find them:
/// it has only the system's class loader.
pub(crate) struct Classes {
    pub(crate) device_key_exception: Global<JClass<'static>>,
}

/// `None` until [`JNI_OnLoad`] has run, and when it failed.
pub(crate) fn classes() -> Option<&'static Classes> {
    LOADED.get()
}

/// Keeps the VM, finds the classes, starts the log. JNA does not call this function, so the facade loads the library
/// itself first.
///
/// # Safety
/// `vm` is the pointer that the VM passes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut jni::sys::JavaVM, _reserved: *mut c_void) -> jint {
    logging::start();
    let loaded = catch_unwind(|| {
        // SAFETY: as above. A VM lives as long as its process.
        let vm = unsafe { JavaVM::from_raw(vm) };
        vm.attach_current_thread(find)
    });
    match loaded {
        Ok(Ok(classes)) => {
            // If the library is loaded again, the classes are the same, so `set` may fail.
            LOADED.set(classes).ok();
            log::info!("walletlock {}", env!("CARGO_PKG_VERSION"));
            JNI_VERSION_1_6
        }
        _ => {
            log::error!("the facade's classes are not there: was the app shrunk without the library's rules?");
            JNI_ERR
        }
    }
}

fn find(env: &mut Env) -> jni::errors::Result<Classes> {
    let device_key_exception = env.find_class(jni_str!("dev/walletlock/DeviceKeyException"))?;
    Ok(Classes { device_key_exception: env.new_global_ref(device_key_exception)? })
}
