//! What opens the wallet: PIN, wipe PIN, biometrics; and what the owner allows the provider.

use super::Session;
use crate::error::LockError;
use crate::flows::{
    BiometricChange, PinChange, RecoveryChange, SwitchedOff, Unfreezing, change_pin, escrow, freeze, recovery_code,
    switch_biometrics, switched_off, wipe_pin,
};
use crate::pin::{Personal, PinEntry};
use crate::recovery::RecoveryCode;
use crate::request::{Channel, PromptId};

/// Changes what opens the wallet: PIN, wipe PIN and biometrics.
#[derive(Clone, Copy, Debug)]
pub struct AccessHandle<'a>(pub(super) &'a Session);

impl AccessHandle<'_> {
    /// Changes the PIN. `current` is left empty once it was checked, `new` once the new PIN is in force.
    ///
    /// A try with the current PIN is counted like any other. Only after the current PIN was right does the call tell
    /// whether the new one was used before, and only a few times in each session ([`LockError::LimitReached`]):
    /// otherwise it could be used to find out old PINs. Every other session ends.
    ///
    /// Someone else who knew the PIN may have set up biometrics with a finger of their own. Without `keeps_biometrics`
    /// biometrics are switched off in the same commit; with it [`PinChange::Changed`] says whether they are on.
    ///
    /// A wipe PIN stays as it is. A new PIN is refused only if it equals the wipe PIN: the lock knows the wipe PIN only
    /// as a check of whether an entry matches. So after a change to another length the wipe PIN has the wrong length,
    /// and a typing slip in the new PIN may give the wipe PIN. Set the wipe PIN again after a change, or clear it.
    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: &[Personal],
        keeps_biometrics: bool,
    ) -> Result<PinChange, LockError> {
        change_pin::change_pin(&self.0.engine, self.0.id, current, new, personal, keeps_biometrics)
    }

    /// Sets or replaces the wipe PIN: a PIN that destroys the wallet when it is entered in place of the PIN. The wallet
    /// is then destroyed without a question, and cannot be restored. `current` is left empty once it was checked,
    /// `wipe` once the wipe PIN is set.
    ///
    /// A try with the current PIN is counted like any other. The wipe PIN must be as long as the PIN, and differ from
    /// it by more than one changed digit or one swap of two neighbours. That is compared with the present PIN only: see
    /// [`Self::change_pin`]. A wipe PIN may be easy to guess, because it opens nothing: a thief who guesses it destroys
    /// what they wanted. While no PIN is accepted (cooling down, or locked) the wipe PIN is not accepted either. If the
    /// process is killed before the verdict, an entered wipe PIN counts as a wrong PIN.
    ///
    /// While a wipe PIN is set, a PIN change keeps the slot's salt, and the slot's Argon2id cost is not raised.
    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        wipe_pin::set(&self.0.engine, self.0.id, current, wipe)
    }

    /// Clears the wipe PIN. If none is set, the call does the same and looks the same from outside. The entry is left
    /// empty.
    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        wipe_pin::clear(&self.0.engine, self.0.id, current)
    }

    /// Whether a wipe PIN is set. Only a session that the PIN opened can ask; another gets [`LockError::PinNeeded`].
    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        wipe_pin::is_set(&self.0.engine, self.0.id)
    }

    /// Switches biometrics on: from now on a finger or face opens the wallet. Replaces an earlier biometric slot. Shows
    /// the prompt once and blocks the calling thread until the phone has an answer.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn enable_biometrics(&self, prompt: PromptId) -> Result<BiometricChange, LockError> {
        switch_biometrics::enable(&self.0.engine, self.0.id, prompt)
    }

    /// Switches biometrics off: from now on only the PIN opens the wallet, and sessions that biometrics opened end.
    /// `false` if they were off already.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn disable_biometrics(&self) -> Result<bool, LockError> {
        switch_biometrics::disable(&self.0.engine, self.0.id)
    }

    /// Makes a recovery code. The person writes it down, and types the groups that are asked back
    /// ([`RecoveryCode::confirm`]). It counts for nothing before [`Self::set_recovery_code`].
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn create_recovery_code(&self) -> Result<RecoveryCode, LockError> {
        recovery_code::create(&self.0.engine, self.0.id)
    }

    /// Puts a confirmed recovery code in force, in place of the one before.
    ///
    /// The first code of a new wallet counts at once, in the session in which the first PIN was set. Any other waits
    /// for the policy's `recovery.pending_change_h`, and takes effect when the PIN next opens the wallet after that:
    /// someone who merely knows the PIN must not get a way in that outlives it. Replacing a code makes a new data key,
    /// ends every other session and switches biometrics off. [`LockError::PinNeeded`] as for
    /// [`Self::create_recovery_code`].
    pub fn set_recovery_code(&self, code: &RecoveryCode) -> Result<RecoveryChange, LockError> {
        recovery_code::set(&self.0.engine, self.0.id, code)
    }

    /// Has the recovery code withdrawn. It waits and takes effect like a replaced code. [`LockError::WrongState`] if
    /// there is no code; [`LockError::PinNeeded`] as for [`Self::create_recovery_code`].
    pub fn withdraw_recovery_code(&self) -> Result<RecoveryChange, LockError> {
        recovery_code::withdraw(&self.0.engine, self.0.id)
    }

    /// Cancels the change of the recovery code that waits. `false` if none does. [`LockError::PinNeeded`] in a session
    /// that biometrics opened.
    pub fn cancel_recovery_code_change(&self) -> Result<bool, LockError> {
        recovery_code::cancel_change(&self.0.engine, self.0.id)
    }

    /// Switches escrow on or off. With escrow the provider keeps the key to the wallet: after it has verified the
    /// owner, it opens a wallet whose PIN is forgotten or that is damaged, and so could anybody who has the provider's
    /// escrow key and the wallet's file.
    ///
    /// It is on at once in the session that set the wallet up: with its first PIN, or by a recovery. Otherwise the
    /// change waits and takes effect like one of the recovery code. After each change of the slot the provider needs a
    /// deposit: [`ProviderState::escrow_digest`](crate::ProviderState::escrow_digest). [`LockError::WrongState`] if it
    /// is so already, or the policy has no escrow key; [`LockError::PinNeeded`] as for [`Self::create_recovery_code`].
    pub fn switch_escrow(&self, is_on: bool) -> Result<RecoveryChange, LockError> {
        escrow::switch(&self.0.engine, self.0.id, is_on)
    }

    /// Cancels the change of escrow that waits. `false` if none does. [`LockError::PinNeeded`] in a session that
    /// biometrics opened.
    pub fn cancel_escrow_change(&self) -> Result<bool, LockError> {
        escrow::cancel_change(&self.0.engine, self.0.id)
    }

    /// Ends the owner's freeze ([`crate::PaymentsHandle::freeze`]): of everything and of every channel, or of one
    /// channel. A freeze that the provider ordered stays until its grant. [`LockError::PinNeeded`] if biometrics opened
    /// this session.
    pub fn unfreeze(&self, channel: Option<Channel>) -> Result<Unfreezing, LockError> {
        freeze::unfreeze(&self.0.engine, self.0.id, channel)
    }

    /// What was closed or switched off and can be brought back: cards, payments and their channels, channels for codes,
    /// biometrics, the second factor, the recovery code, escrow. Each says which call brings it back.
    pub fn switched_off(&self) -> Result<Vec<SwitchedOff>, LockError> {
        switched_off::switched_off(&self.0.engine, self.0.id)
    }

    /// Allows, or no longer allows, that an order of the provider destroys everything. As long as it is not allowed,
    /// such an order locks.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn allow_remote_wipe(&self, is_allowed: bool) -> Result<(), LockError> {
        freeze::allow_remote_wipe(&self.0.engine, self.0.id, is_allowed)
    }
}
