//! The parts of the [`Platform`] that Rust implements for Android: the clocks, and the keys in the phone's keystore.

mod boot_clock;
mod key_spec;
mod keystore;

use std::sync::Arc;

use jni::Env;
use jni::objects::JObject;
use walletlock_core::platform::{Biometrics, Platform, SystemEntropy};

use crate::java::Fault;
use boot_clock::BootClock;
use keystore::Keystore;

/// The phone's own clock, keystore and randomness, with the app's `biometrics`. `context` is an
/// `android.content.Context`.
pub(crate) fn platform(env: &mut Env, context: JObject, biometrics: Arc<dyn Biometrics>) -> Result<Platform, Fault> {
    Ok(Platform {
        clock: Arc::new(BootClock::new(env, context)?),
        entropy: Arc::new(SystemEntropy::default()),
        device_key: Arc::new(Keystore::new(env)?),
        biometrics,
    })
}
