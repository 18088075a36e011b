//! Pictures of the phone at each call that makes, uses, probes or deletes a key: what a process killed there leaves
//! behind.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::{Call, FakeDeviceKey, FakePhone};

use crate::wallet::picture;

pub(crate) struct Camera {
    pictures: Arc<Mutex<Vec<Picture>>>,
}

/// The wallet's files and the keystore just before a call to the device key.
pub(crate) struct Picture {
    /// The operation and the kind of key, such as `hmac pin`.
    pub(crate) call: String,
    pub(crate) folder: TempDir,
    pub(crate) device_key: FakeDeviceKey,
}

impl Camera {
    /// Takes pictures of this phone from now on.
    pub(crate) fn on(phone: &FakePhone, folder: &Path) -> Self {
        let pictures = Arc::<Mutex<Vec<_>>>::default();
        let (taken, device_key, folder) = (pictures.clone(), phone.device_key.clone(), folder.to_owned());
        phone.hooks.before(move |call| {
            if let Some((operation, alias)) = call.on_key().filter(|(operation, _)| *operation != "exists") {
                let kind = ["seal", "pin", "wiped", "probe", "lost", "installation"]
                    .into_iter()
                    .find(|kind| call.is(operation, kind));
                let call = format!("{operation} {}", kind.unwrap_or_else(|| panic!("no kind of key: {alias}")));
                let picture = Picture { call, folder: picture(&folder), device_key: device_key.picture() };
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(picture);
            }
            Ok(())
        });
        Self { pictures }
    }

    /// The pictures taken since the last call of this method.
    pub(crate) fn pictures(&self) -> Vec<Picture> {
        std::mem::take(&mut self.pictures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The calls at which the pictures were taken.
pub(crate) fn calls(pictures: &[Picture]) -> Vec<&str> {
    pictures.iter().map(|picture| picture.call.as_str()).collect()
}

/// After this many more successful calls to the device key, one call fails with this fault.
pub(crate) fn fail_key_after(succeed: usize, phone: &FakePhone, fault: DeviceKeyFault) {
    phone.hooks.fail_after(succeed, |call: Call<'_>| call.on_key().is_some(), fault);
}
