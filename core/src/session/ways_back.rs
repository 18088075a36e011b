//! The owner's ways back in: channels and second factor; what to tidy up; and what a loss would mean.

use super::AccessHandle;
use crate::error::LockError;
use crate::flows::{
    ChannelInfo, CodeRequest, FactorOutcome, FactorUse, HandedIn, NewAuthenticator, RecoveryChange, SecondFactorInfo,
    channels, password, second_factor, sent_code, tidy_up, try_authenticator,
};
use crate::pin::PinEntry;
use crate::policy::GuardedAction;
use crate::proof::{ChannelId, ChannelKind};
use crate::provider::ProofPurpose;
use crate::recovery::{ChecklistLine, HealthLine, PasswordEntry, PasswordFinding, Task};

impl AccessHandle<'_> {
    /// The channels, in the owner's order.
    pub fn channels(&self) -> Result<Vec<ChannelInfo>, LockError> {
        channels::list(&self.0.engine, self.0.id)
    }

    /// Begins to set a channel up: makes a request to the provider, for the app to carry, to send a code there. The
    /// channel counts for nothing before a code came back ([`Self::confirm_channel`]). The phone keeps a mask of the
    /// address, and the provider the address.
    ///
    /// [`LockError::Invalid`]: no address of that kind. [`LockError::WrongState`]: this phone is not registered.
    /// [`LockError::LimitReached`]: too many wrong codes were typed. If the request is lost, add the channel again.
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`crate::FRESH_PIN_MS`].
    pub fn add_channel(&self, kind: ChannelKind, address: &str) -> Result<(ChannelId, CodeRequest), LockError> {
        channels::add(&self.0.engine, self.0.id, kind, address)
    }

    /// Makes a request that the provider checks the code that came over this channel; without one, whether the link was
    /// opened. Its grant ([`crate::ProviderHandle::redeem`]) confirms the channel. One that is new counts at once in
    /// the session in which the wallet was set up, and else after the policy's `recovery.pending_change_h`; the one of
    /// its kind before it counts until then. The entry is left empty.
    pub fn confirm_channel(&self, channel: ChannelId, code: Option<&PinEntry>) -> Result<CodeRequest, LockError> {
        let (purpose, session) = (ProofPurpose::Confirm, Some(self.0.id));
        let handed = HandedIn { purpose, session, channel: Some(channel), code, what: None };
        sent_code::hand_in(&self.0.engine, handed)
    }

    /// Makes a request for another code to this channel.
    pub fn send_code(&self, channel: ChannelId) -> Result<CodeRequest, LockError> {
        sent_code::send(&self.0.engine, Some(self.0.id), channel, None)
    }

    /// Puts the channels in this order. Those that it does not name follow.
    pub fn order_channels(&self, ids: &[ChannelId]) -> Result<(), LockError> {
        channels::order(&self.0.engine, self.0.id, ids)
    }

    /// Removes a channel. One that counts goes after the policy's wait. [`LockError::WrongState`]: it is the second
    /// factor or about to become it, or there is no such channel. [`LockError::PinNeeded`] as for [`Self::add_channel`].
    pub fn remove_channel(&self, channel: ChannelId) -> Result<RecoveryChange, LockError> {
        channels::remove(&self.0.engine, self.0.id, channel)
    }

    /// Cancels what waits for a channel: its removal, or its coming into force. `false` if nothing does.
    pub fn cancel_channel_change(&self, channel: ChannelId) -> Result<bool, LockError> {
        channels::cancel(&self.0.engine, self.0.id, channel)
    }

    /// Makes a secret for an authenticator app. It counts for nothing before [`Self::set_authenticator`].
    /// [`LockError::PinNeeded`] as for [`Self::add_channel`].
    pub fn make_authenticator(&self) -> Result<NewAuthenticator, LockError> {
        second_factor::make(&self.0.engine, self.0.id)
    }

    /// Whether the typed code is the one that the app shows for this secret. The entry is left empty.
    pub fn confirm_authenticator(&self, new: &NewAuthenticator, code: &PinEntry) -> Result<bool, LockError> {
        second_factor::confirm(&self.0.engine, self.0.id, new, code)
    }

    /// Has the authenticator's codes asked for, as the policy's `second_factor` says. It counts at once in the session
    /// in which the wallet was set up or recovered, and else after the policy's wait. A factor in force is asked for
    /// first: [`LockError::SecondFactorNeeded`].
    pub fn set_authenticator(&self, new: &NewAuthenticator) -> Result<RecoveryChange, LockError> {
        second_factor::set_authenticator(&self.0.engine, self.0.id, new)
    }

    /// Has a code by SMS asked for, which the provider checks, as [`Self::set_authenticator`] does.
    /// [`LockError::WrongState`]: no phone number is in force, or this phone is not registered.
    pub fn set_sms_factor(&self) -> Result<RecoveryChange, LockError> {
        second_factor::set_sms(&self.0.engine, self.0.id)
    }

    /// Removes the second factor, as [`Self::set_authenticator`] changes it. [`LockError::WrongState`]: there is none.
    pub fn remove_second_factor(&self) -> Result<RecoveryChange, LockError> {
        second_factor::remove(&self.0.engine, self.0.id)
    }

    /// Cancels the change of the second factor that waits. `false` if none does.
    pub fn cancel_second_factor_change(&self) -> Result<bool, LockError> {
        second_factor::cancel(&self.0.engine, self.0.id)
    }

    /// Which second factor is in force, and what waits.
    pub fn second_factor(&self) -> Result<SecondFactorInfo, LockError> {
        second_factor::info(&self.0.engine, self.0.id)
    }

    /// Whether this session needs the second factor, for this action or, without one, for everything.
    pub fn needs_second_factor(&self, action: Option<GuardedAction>) -> Result<bool, LockError> {
        self.0.engine.sessions.needs_second_factor(self.0.id, action.into())
    }

    /// Tries a code of the authenticator, as this session's second factor. The tries are counted, and survive a
    /// restart. The entry is left empty.
    pub fn prove_second_factor(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        try_authenticator::try_code(&self.0.engine, code, FactorUse::Session(self.0.id))
    }

    /// Makes a request that the provider checks the code by SMS, as the second factor. Its grant counts for the
    /// sessions that are open when it is taken. The entry is left empty.
    pub fn prove_sms_factor(&self, channel: ChannelId, code: &PinEntry) -> Result<CodeRequest, LockError> {
        let (purpose, session) = (ProofPurpose::SecondFactor, Some(self.0.id));
        let handed = HandedIn { purpose, session, channel: Some(channel), code: Some(code), what: None };
        sent_code::hand_in(&self.0.engine, handed)
    }

    /// What is to be tidied up after a recovery. Empty: nothing, or nothing any more.
    pub fn checklist(&self) -> Result<Vec<ChecklistLine>, LockError> {
        tidy_up::checklist(&self.0.engine, self.0.id)
    }

    /// The owner has done this. For what the wallet cannot see by itself: that the journal was looked through, and that
    /// a sheet was kept.
    pub fn note_done(&self, task: Task) -> Result<(), LockError> {
        tidy_up::tick_off(&self.0.engine, self.0.id, task, false)
    }

    /// The owner does not want to see this line any more.
    pub fn dismiss(&self, task: Task) -> Result<(), LockError> {
        tidy_up::tick_off(&self.0.engine, self.0.id, task, true)
    }

    /// Notes the password that the owner's account has from now on, unless something speaks against it: then that is
    /// returned, and nothing is noted. The wallet keeps a MAC of each of the last five and nothing else; the app sends
    /// the password to its server itself. At most ten proposals in a session ([`LockError::LimitReached`]), PINs
    /// included: otherwise it could be used to find out earlier passwords. The entry keeps the password.
    pub fn set_password(&self, password: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
        password::set(&self.0.engine, self.0.id, password)
    }

    /// What each single loss would mean, if the PIN were forgotten too.
    pub fn health(&self) -> Result<Vec<HealthLine>, LockError> {
        tidy_up::health(&self.0.engine, self.0.id)
    }
}
