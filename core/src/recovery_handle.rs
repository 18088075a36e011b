//! Getting back in with the recovery code or by escrow: the handle, and the wallet that was opened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::Engine;
use crate::error::LockError;
use crate::escrow_request::{EscrowOutcome, EscrowRequest};
use crate::flows::{
    CodeRefusal, CodeRequest, FactorOutcome, FactorUse, HandedIn, OpenedByRow, Recovered, RecoveryProgress,
    RecoveryStatus, ask_escrow, enter_code, password, recovery_progress, recovery_status, rescue, sent_code,
    try_authenticator,
};
use crate::pin::{Finding, Personal, PinEntry};
use crate::proof::ChannelId;
use crate::provider::{ProofPurpose, ProviderRequest};
use crate::record::LockStatus;
use crate::recovery::{CodeEntry, PasswordEntry, PasswordFinding, RecoveryCode};
use crate::session::Session;
use crate::wallet_lock::WalletLock;

/// Gets the owner back in.
#[derive(Clone, Copy, Debug)]
pub struct RecoveryHandle<'a>(pub(crate) &'a WalletLock);

/// A wallet that the recovery code, or the provider, opened. Nothing is changed yet: [`Self::finish`] sets a new PIN
/// and a new code. It has to be called within ten minutes. Dropping this leaves everything as it was.
pub struct Rescue {
    engine: Arc<Engine>,
    /// Gone once the recovery is finished, or its time is over.
    opened: Mutex<Option<Box<OpenedByRow>>>,
}

/// How entering a recovery code ended.
#[derive(Debug)]
pub enum CodeOutcome {
    /// The code is right.
    Opened(Rescue),
    /// It opened nothing, for this reason.
    Refused(CodeRefusal),
}

/// How a recovery ended.
#[derive(Debug)]
pub enum RecoveryOutcome {
    /// The new PIN and the new code are in force, and the wallet is open.
    Done {
        /// The session.
        session: Session,
        /// The names of the items that were damaged. They are lost, whoever opens the wallet.
        lost_items: Vec<String>,
    },
    /// The new PIN and the new code are in force, and a lock of the provider stands. When its wait is over, the new
    /// code, entered again, clears it; the provider's grant clears it at any time.
    Locked {
        /// The status.
        status: LockStatus,
        /// The names of the items that were damaged. They are lost.
        lost_items: Vec<String>,
    },
    /// The proposed PIN is not allowed, for these reasons.
    Forbidden(Vec<Finding>),
    /// The groups of the new code that were asked back were not all typed.
    NotConfirmed,
    /// The recovery code was entered, or the grant taken, too long ago, or the phone was restarted. Do that again.
    Expired,
}

impl WalletLock {
    /// Getting the owner back in.
    pub fn recovery(&self) -> RecoveryHandle<'_> {
        RecoveryHandle(self)
    }
}

impl RecoveryHandle<'_> {
    /// What is known about the recovery code and escrow. It can be asked in every state.
    pub fn status(&self) -> Result<RecoveryStatus, LockError> {
        recovery_status::status(self.0.engine())
    }

    /// Asks the provider, which keeps the key to the wallet, to open it: makes a request for the app to carry. A wallet
    /// that is damaged is looked at again first.
    ///
    /// The request is kept in memory only: it does not outlive the process, and a grant for it counts for 600 seconds.
    pub fn ask_escrow(&self, said: &ProviderRequest) -> Result<EscrowOutcome, LockError> {
        let engine = self.0.engine();
        Ok(match ask_escrow::ask(engine, said)? {
            Ok(ask) => EscrowOutcome::Asked(EscrowRequest::new(engine, ask)),
            Err(refusal) => EscrowOutcome::Refused(refusal),
        })
    }

    /// What somebody who wants to get back in can do now: which ways there are, what was proven, what is missing, and
    /// what it leads to. It can be asked in every state.
    pub fn progress(&self) -> Result<RecoveryProgress, LockError> {
        recovery_progress::progress(self.0.engine())
    }

    /// Makes a request that the provider sends a code to this channel. Nothing answers the request.
    pub fn send_code(&self, channel: ChannelId) -> Result<CodeRequest, LockError> {
        sent_code::send(self.0.engine(), None, channel, None)
    }

    /// Makes a request that the provider checks the code that came over this channel; without one, whether the link in
    /// the mail was opened. The provider's grant ([`crate::ProviderHandle::redeem`]) proves it. A code counts as wrong
    /// until the grant is taken. The entry is left empty.
    pub fn prove(&self, channel: ChannelId, code: Option<&PinEntry>) -> Result<CodeRequest, LockError> {
        let handed =
            HandedIn { purpose: ProofPurpose::Recovery, session: None, channel: Some(channel), code, what: None };
        sent_code::hand_in(self.0.engine(), handed)
    }

    /// Makes a request that the provider says what a person there, or another device, has verified. `what` is for the
    /// provider, for example the number of a conversation; at most 200 bytes.
    pub fn prove_elsewhere(&self, what: Option<String>) -> Result<CodeRequest, LockError> {
        let handed = HandedIn { purpose: ProofPurpose::Recovery, session: None, channel: None, code: None, what };
        sent_code::hand_in(self.0.engine(), handed)
    }

    /// Tries a code of the authenticator. The entry is left empty once the code was counted.
    pub fn prove_authenticator(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        try_authenticator::try_code(self.0.engine(), code, FactorUse::Recovery)
    }

    /// Makes a request to cancel what was proven and waits, by a code that came over this channel; without a channel,
    /// by what a person at the provider or another device says. It counts if what proves it ranks at least as high as
    /// what was proven: the recovery code highest, then another device or a person, then sent codes and the
    /// authenticator. Proofs of the same rank cancel twice. The right PIN cancels in any case.
    /// [`LockError::WrongState`]: nothing was proven, or such a proof cancels nothing.
    pub fn cancel(&self, channel: Option<ChannelId>, code: Option<&PinEntry>) -> Result<CodeRequest, LockError> {
        let handed = HandedIn { purpose: ProofPurpose::Cancel, session: None, channel, code, what: None };
        sent_code::hand_in(self.0.engine(), handed)
    }

    /// Makes a request to pause a change of a channel that is in force, by a code that came over the former channel, or
    /// by its link; see [`RecoveryProgress::former`]. It needs neither PIN nor session. From the grant on, for as long
    /// as a change waits (`recovery.pending_change_h`), the former channel counts for getting back in, and none that
    /// took its place does. So an owner who missed the announcement can get back in meanwhile, if a person at the
    /// provider, or another device, vouches too: proofs on this phone alone wait longer by default than a pause lasts.
    /// Sessions, and the second factor, are not concerned.
    pub fn pause_channel_change(&self, channel: ChannelId, code: Option<&PinEntry>) -> Result<CodeRequest, LockError> {
        let handed = HandedIn { purpose: ProofPurpose::Pause, session: None, channel: Some(channel), code, what: None };
        sent_code::hand_in(self.0.engine(), handed)
    }

    /// Cancels what was proven and waits, by a code of the authenticator.
    pub fn cancel_by_authenticator(&self, code: &PinEntry) -> Result<FactorOutcome, LockError> {
        try_authenticator::try_code(self.0.engine(), code, FactorUse::Cancel)
    }

    /// Judges a password of the owner's account as it is typed. Whether it was used before tells only
    /// [`crate::AccessHandle::set_password`].
    pub fn judge_password(&self, password: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
        password::judge_password(self.0.engine(), password)
    }

    /// Checks a recovery code. It opens a wallet whose PIN is forgotten or locked, and a wallet that is damaged: whose
    /// record or keys are gone, or whose file is on another phone. There is no limit to the tries: the code has 128
    /// random bits.
    ///
    /// The entry is left empty once the code was checked; without a verdict it keeps its digits. A damaged or busy
    /// wallet is looked at again first.
    pub fn enter_code(&self, entry: &CodeEntry) -> CodeOutcome {
        let engine = self.0.engine();
        match enter_code::enter_code(engine, entry) {
            Ok(opened) => CodeOutcome::Opened(Rescue::new(engine, opened)),
            Err(refusal) => CodeOutcome::Refused(refusal),
        }
    }
}

impl Rescue {
    pub(crate) fn new(engine: &Arc<Engine>, opened: Box<OpenedByRow>) -> Self {
        Self { engine: engine.clone(), opened: Mutex::new(Some(opened)) }
    }

    /// The lock of this wallet.
    pub fn lock(&self) -> WalletLock {
        WalletLock::of(&self.engine)
    }

    /// Makes the recovery code that takes the place of an earlier one. The person writes it down and types the groups
    /// that are asked back, before [`Self::finish`].
    pub fn new_code(&self) -> Result<RecoveryCode, LockError> {
        Ok(RecoveryCode::make(&mut self.engine.draw()?))
    }

    /// Sets the new PIN and puts the new code in force, with a new data key. The items stay; every session ends;
    /// biometrics and the wipe PIN are off. The entry is left empty once the PIN is set.
    ///
    /// If the process is killed, the old code still opens the wallet, or the new PIN and the new code do. After an
    /// error that may be so too: keep both codes until one of them opens. [`LockError::WrongState`]: another call
    /// changed or locked the wallet since it was opened, or this recovery is finished; enter the code again.
    pub fn finish(
        &self,
        pin: &PinEntry,
        personal: &[Personal],
        code: &RecoveryCode,
    ) -> Result<RecoveryOutcome, LockError> {
        let opened = self.opened().take().ok_or(LockError::WrongState)?;
        let recovered = rescue::rescue(&self.engine, &opened, pin, personal, code);
        if matches!(recovered, Ok(Recovered::Forbidden(_) | Recovered::NotConfirmed) | Err(_)) {
            *self.opened() = Some(opened);
        }
        Ok(match recovered? {
            Recovered::Open { session, lost_items } => {
                RecoveryOutcome::Done { session: Session::new(&self.engine, session), lost_items }
            }
            Recovered::Locked { status, lost_items } => RecoveryOutcome::Locked { status, lost_items },
            Recovered::Forbidden(findings) => RecoveryOutcome::Forbidden(findings),
            Recovered::NotConfirmed => RecoveryOutcome::NotConfirmed,
            Recovered::Expired => RecoveryOutcome::Expired,
        })
    }

    fn opened(&self) -> MutexGuard<'_, Option<Box<OpenedByRow>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Rescue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rescue")
    }
}
