//! What opens the wallet: PIN, wipe PIN, biometrics.

use super::Session;
use crate::error::LockError;
use crate::flows::{BiometricChange, PinChange, change_pin, switch_biometrics, wipe_pin};
use crate::pin::{Personal, PinEntry};
use crate::request::PromptId;

/// What opens the wallet.
#[derive(Clone, Copy, Debug)]
pub struct AccessHandle<'a>(pub(super) &'a Session);

impl AccessHandle<'_> {
    /// Changes the PIN. The entry of the current one is left empty once it was looked at, that of the new one once it is in force.
    ///
    /// The current PIN is checked by the same counter as any other. Whether the new one was used before is told only then, and only a
    /// few times a session ([`LockError::LimitReached`]): it must not become a way to find out old PINs. Every other session ends.
    ///
    /// Who knew the PIN may have let a finger of their own open the wallet. Without `keeps_biometrics` they are switched off in the same commit;
    /// with it [`PinChange::Changed`] says whether they are on.
    ///
    /// A wipe PIN stays as it is, and only a PIN that is the same is refused: of the wipe PIN no more is known than whether an entry is it. After
    /// a change to another length it has the wrong one, and the new PIN may be a slip from it. So set it anew, or clear it.
    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: &[Personal],
        keeps_biometrics: bool,
    ) -> Result<PinChange, LockError> {
        change_pin::change_pin(&self.0.engine, self.0.id, current, new, personal, keeps_biometrics)
    }

    /// Sets another PIN, or replaces it, that destroys the wallet when it is entered in place of the PIN. There is no way back from that,
    /// and no question before it. The entry of the current PIN is left empty once it was looked at, that of the wipe PIN once it is set.
    ///
    /// The current PIN is checked by the same counter as any other. The wipe PIN is as long as the PIN and not one slip from it: not within one
    /// changed digit, nor a swap of two neighbours. That holds for the PIN of now: see [`Self::change_pin`]. How easy it is to guess does
    /// not matter, because it opens nothing: a thief who guesses it has destroyed what he was after. Where no
    /// PIN is taken (while cooling down, or locked) no wipe PIN is either, and a process killed before the verdict has tried a wrong PIN.
    ///
    /// While one is set, a changed PIN keeps the slot's salt, and the slot is not made dearer.
    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        wipe_pin::set(&self.0.engine, self.0.id, current, wipe)
    }

    /// No PIN destroys the wallet any more. The same is done, and looks the same, if none did. The entry is left empty.
    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        wipe_pin::clear(&self.0.engine, self.0.id, current)
    }

    /// Whether a wipe PIN is set. Without a session nobody is told.
    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        wipe_pin::is_set(&self.0.engine, self.0.id)
    }

    /// Lets the person's finger or face open the wallet from now on, in place of what did so before: asks for it once. Waits for the answer.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn enable_biometrics(&self, prompt: PromptId) -> Result<BiometricChange, LockError> {
        switch_biometrics::enable(&self.0.engine, self.0.id, prompt)
    }

    /// From now on only the PIN opens the wallet; what a finger or face opened ends. `false` if they were off already.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn disable_biometrics(&self) -> Result<bool, LockError> {
        switch_biometrics::disable(&self.0.engine, self.0.id)
    }
}
