//! What the sealed record keeps of the recovery code.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::code::CodeBytes;
use crate::crypto::{Purpose, Random, SlotBytes, derive_key, derive_public_key};
use crate::hex;
use crate::time::{Now, Wait};

const SALT_BYTES: usize = 16;

/// The recovery code's part of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Recovery {
    /// The version of the rescue row. Each change of the row raises it; 0: there never was a row.
    version: u64,
    /// The rescue row, byte for byte. `None`: there is no recovery code.
    row: Option<SlotBytes>,
    /// A change that was asked for and still waits.
    pending: Option<PendingCode>,
}

/// The public key that belongs to a recovery code. A data key that is sealed to it can be opened with the code.
///
/// While a change waits, it stands in the sealed record, so that the code can be put in force without the code itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeKey {
    #[serde(with = "hex::array")]
    pub(crate) salt: [u8; SALT_BYTES],
    #[serde(with = "hex::array")]
    pub(crate) public_key: [u8; 32],
}

/// A change of the recovery code that waits, so that the owner can see and cancel it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PendingCode {
    wait: Wait,
    /// The new code. `None`: the code in force is withdrawn.
    pub(crate) code_key: Option<CodeKey>,
}

impl Recovery {
    /// The version of the rescue row.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The rescue row. `None`: there is no recovery code.
    pub(crate) fn row(&self) -> Option<&SlotBytes> {
        self.row.as_ref()
    }

    /// Whether there is a recovery code.
    pub(crate) fn has_code(&self) -> bool {
        self.row.is_some()
    }

    /// Puts another rescue row in force, or none. A change that waited is done, or void.
    pub(crate) fn replace(&mut self, version: u64, row: Option<SlotBytes>) {
        *self = Self { version, row, pending: None };
    }

    /// Has a change wait. It takes the place of one that waited before.
    pub(crate) fn plan(&mut self, code_key: Option<CodeKey>, wait_ms: u64, now: Now) {
        self.pending = Some(PendingCode { wait: Wait::start(wait_ms, now), code_key });
    }

    /// Drops the change that waits. `false` if none did.
    pub(crate) fn cancel(&mut self) -> bool {
        self.pending.take().is_some()
    }

    /// The change that waits.
    pub(crate) fn pending(&self) -> Option<&PendingCode> {
        self.pending.as_ref()
    }

    /// The change whose wait is over.
    pub(crate) fn due(&self, now: Now) -> Option<&PendingCode> {
        self.pending.as_ref().filter(|pending| pending.left_ms(now) == 0)
    }

    /// Saves what is left of the wait, unless that was done within `every_ms`. `true` if it changed.
    pub(crate) fn save_wait(&mut self, now: Now, every_ms: u64) -> bool {
        let Some(pending) = &mut self.pending else { return false };
        let saved = pending.wait.to_save(now, every_ms);
        saved.map(|wait| pending.wait = wait).is_some()
    }

    /// The wait as it was last saved.
    pub(crate) fn saved_wait(&self) -> Option<Wait> {
        self.pending.as_ref().map(|pending| pending.wait)
    }
}

impl PendingCode {
    /// Milliseconds until the change takes effect with the next right PIN; 0: with the next one.
    pub(crate) fn left_ms(&self, now: Now) -> u64 {
        self.wait.left_ms(now)
    }
}

impl CodeKey {
    /// The key of a code, under a new random salt. `None` cannot happen: every 32 bytes are an X25519 private key.
    pub(crate) fn make(random: &mut Random, code: &CodeBytes) -> Option<Self> {
        let salt = *random.bytes();
        Some(Self { salt, public_key: derive_public_key(&Self::private_key(code, &salt))? })
    }

    /// The private key: HKDF-SHA256 of the code under the salt. The code has 128 random bits, so no slow function is
    /// needed.
    pub(crate) fn private_key(code: &CodeBytes, salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; 32]> {
        derive_key(&[code.as_slice()], salt, Purpose::RecoveryCode)
    }
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    const DAY_MS: u64 = 86_400_000;

    fn at(boot: u32, since_boot_ms: u64) -> Now {
        Now { boot: Some(boot), since_boot_ms, wall_ms: 0 }
    }

    fn key(seed: u64) -> CodeKey {
        let mut random = testing::random(seed);
        let mut code = CodeBytes::default();
        code.copy_from_slice(random.bytes::<16>().as_slice());
        CodeKey::make(&mut random, &code).expect("a key")
    }

    #[test]
    fn a_change_is_due_when_its_wait_is_over_and_not_before() {
        let mut recovery = Recovery::default();
        recovery.plan(Some(key(1)), DAY_MS, at(1, 0));
        assert_eq!(recovery.due(at(1, DAY_MS - 1)), None);
        assert_eq!(recovery.due(at(1, DAY_MS)).and_then(|due| due.code_key.clone()), Some(key(1)));
        assert!(recovery.cancel());
        assert!(!recovery.cancel());
        assert_eq!(recovery.due(at(1, DAY_MS)), None);
    }

    #[test]
    fn a_wait_that_was_saved_goes_on_after_a_restart() {
        let mut recovery = Recovery::default();
        assert!(!recovery.save_wait(at(1, 0), 60_000), "nothing waits");
        recovery.plan(None, DAY_MS, at(1, 0));
        assert!(!recovery.save_wait(at(1, 59_999), 60_000));
        assert!(recovery.save_wait(at(1, DAY_MS / 2), 60_000));
        let left = |now| recovery.pending().expect("it waits").left_ms(now);
        assert_eq!((left(at(2, 0)), left(at(2, DAY_MS))), (DAY_MS / 2, 0));
    }

    #[test]
    fn a_later_change_takes_the_place_of_the_one_that_waits() {
        let mut recovery = Recovery::default();
        recovery.plan(Some(key(1)), DAY_MS, at(1, 0));
        recovery.plan(None, DAY_MS, at(1, DAY_MS));
        let pending = recovery.pending().expect("it waits");
        assert_eq!((pending.code_key.clone(), pending.left_ms(at(1, DAY_MS))), (None, DAY_MS));
        recovery.replace(1, Some(SlotBytes::new(&[7])));
        assert_eq!((recovery.pending(), recovery.version(), recovery.row().is_some()), (None, 1, true));
    }
}
