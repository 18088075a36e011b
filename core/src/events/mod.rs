//! Journal events as plain values: the kinds of journal lines, and what listeners are told. `journal_event/` has the
//! fields of each kind.

mod journal_event;

pub(crate) use journal_event::{JournalEvent, LockedBy, PaymentParties};

use crate::time::Now;

/// What a listener is told about a journal line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line's number.
    pub number: u64,
    /// When it was written.
    pub time: Now,
    /// The kind of event.
    pub kind: Kind,
}

/// The kind of a journal line. The numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// A PIN was set for the first time.
    Enrolled = 1,
    /// A PIN is about to be checked; it counts as failed from here on.
    PinTried = 2,
    /// The PIN was right.
    PinRight = 3,
    /// The PIN was wrong.
    PinWrong = 4,
    /// The PIN was wrong and the same wrong PIN was already counted, so it was not counted again.
    PinRepeated = 5,
    /// No verdict: the hardware failed before it was known whether the PIN is right, or the PIN was replaced meanwhile.
    PinNoVerdict = 6,
    /// A PIN was refused while cooling down. There is one line for each cool-down.
    PinRefused = 7,
    /// When the lock was opened there were unsettled tries; they count as wrong.
    OpenTriesCounted = 8,
    /// A lock began that does not end by waiting: no further try until the phone restarts, or until the person is
    /// verified in some other way. The field `reason` says which.
    Locked = 9,
    /// The PIN was changed.
    PinChanged = 10,
    /// The Argon2id cost of the PIN slot was raised.
    KdfUpgraded = 11,
    /// Another policy is in force.
    PolicyChanged = 12,
    /// A vault item was written.
    ItemWritten = 13,
    /// A vault item was deleted.
    ItemDeleted = 14,
    /// All protected data was destroyed.
    Wiped = 15,
    /// Biometrics were switched on: from now on a finger or face opens the wallet.
    BiometricsOn = 16,
    /// Biometrics were switched off.
    BiometricsOff = 17,
    /// A biometric prompt is about to be shown.
    BiometricsAsked = 18,
    /// The person was recognised, and the biometric slot opened.
    BiometricsRight = 19,
    /// Someone was not recognised.
    BiometricsNotRecognised = 20,
    /// The prompt ended and nobody was recognised; nothing was counted.
    BiometricsEnded = 21,
    /// Biometrics may not be used now. Refusals in a row for the same reason share a line, until the next right PIN or
    /// success.
    BiometricsRefused = 22,
    /// A new recovery code, or the withdrawal of the one in force, was asked for and waits.
    CodePending = 23,
    /// The change of the recovery code that waited was cancelled.
    CodeCancelled = 24,
    /// A recovery code is in force from now on.
    CodeSet = 25,
    /// The recovery code was withdrawn.
    CodeWithdrawn = 26,
    /// The recovery code, or the provider by escrow, opened the wallet, and a new PIN, a new code and a new data key
    /// are in force.
    Recovered = 27,
    /// A vault item was damaged and is lost.
    ItemLost = 28,
    /// The rescue row in the file differed from the one in the record, and was put right.
    RescueRowRestored = 29,
    /// This phone was registered with the provider.
    ProviderRegistered = 30,
    /// The provider ordered a lock.
    LockOrdered = 31,
    /// Payments were frozen.
    Frozen = 32,
    /// The freeze ended.
    Unfrozen = 33,
    /// The provider ordered a wipe. If the owner has not allowed that, it locks.
    WipeOrdered = 34,
    /// The provider granted that locks are cleared.
    UnlockGranted = 35,
    /// A lock was cleared. There is one line for each lock.
    LockCleared = 36,
    /// An online key of the provider was revoked.
    ProviderKeyRevoked = 37,
    /// The provider sent an order that this phone has not seen: the wallet is locked until the order is delivered.
    OrderWithheld = 38,
    /// The allowance without a heartbeat of the provider is nearly used up.
    HeartbeatDue = 39,
    /// The allowance is used up: the wallet is locked.
    HeartbeatExpired = 40,
    /// The owner allowed, or no longer allows, that the provider destroys everything.
    RemoteWipeAllowed = 41,
    /// A mark in the keystore told of an order that the record does not hold: an older copy was put back, or the order
    /// was cut short. The wallet is locked.
    LockRestored = 42,
    /// The owner locked the wallet.
    LockSet = 43,
    /// Switching escrow on or off was asked for and waits.
    EscrowPending = 44,
    /// The change of escrow that waited was cancelled.
    EscrowCancelled = 45,
    /// Escrow is on: the provider keeps the key to the wallet.
    EscrowOn = 46,
    /// Escrow is off.
    EscrowOff = 47,
    /// A channel was confirmed, and counts after a wait.
    ChannelPending = 48,
    /// A channel counts from now on: codes may be sent there.
    ChannelSet = 49,
    /// The owner had a channel removed. It goes after a wait.
    ChannelLeaves = 50,
    /// A channel is gone.
    ChannelRemoved = 51,
    /// What waited for a channel was cancelled.
    ChannelCancelled = 52,
    /// The provider was asked to send a code.
    CodeAsked = 53,
    /// A code that was sent, or another proof, went to the provider. A code counts as wrong until the provider says
    /// otherwise.
    CodeTyped = 54,
    /// Something was proven by somebody who wants to get back in.
    Proven = 55,
    /// Enough was proven on this phone for a new PIN after a wait.
    RecoveryWaits = 56,
    /// What was proven is void, and what waited is cancelled.
    RecoveryCancelled = 57,
    /// A change of the second factor was asked for and waits.
    SecondFactorPending = 58,
    /// The change of the second factor that waited was cancelled.
    SecondFactorCancelled = 59,
    /// A second factor is asked for from now on.
    SecondFactorOn = 60,
    /// No second factor is asked for any more.
    SecondFactorOff = 61,
    /// A code of the authenticator is about to be checked; it counts as wrong from here on.
    SecondFactorTried = 62,
    /// The second factor was right.
    SecondFactorRight = 63,
    /// The account has another password.
    PasswordSet = 64,
    /// A change of a channel is paused, because a code came back from the former one.
    ChannelChangePaused = 65,
    /// A payment was set aside, and its proof is about to be checked. It counts against the limits from here on.
    PaymentReserved = 66,
    /// The proof of a payment was right, or none was needed: it may be made.
    PaymentApproved = 67,
    /// The proof of a payment was not right. Nothing was handed out, so it counts no more.
    PaymentReleased = 68,
    /// A payment was refused. At most twenty are written in 24 hours.
    PaymentRefused = 69,
    /// A payment was charged.
    PaymentCaptured = 70,
    /// A payment was not charged. It counts no more.
    PaymentDeclined = 71,
    /// The owner set or lowered a limit.
    LimitSet = 72,
    /// The owner asked for a higher limit, or for a limit to go. That waits.
    LimitPending = 73,
    /// The raise of a limit that waited was cancelled.
    LimitCancelled = 74,
    /// A limit is higher from now on, or gone.
    LimitRaised = 75,
    /// Payments through one channel were stopped.
    ChannelFrozen = 76,
    /// The owner stopped everything in a panic.
    PanicFrozen = 77,
    /// A card was added.
    CardAdded = 78,
    /// Payments with a card were stopped.
    CardFrozen = 79,
    /// Payments with a card are allowed again.
    CardUnfrozen = 80,
    /// A card was removed. It can be brought back for a while.
    CardRemoved = 81,
    /// A card that was removed was brought back.
    CardRestored = 82,
    /// The time in which a card could be brought back is over: its key is destroyed.
    CardDestroyed = 83,
    /// The owner had the oldest lines of the journal deleted.
    LinesDeleted = 84,
    /// The owner disputes a payment.
    DisputeOpened = 85,
    /// The owner told somebody of a dispute.
    DisputeReported = 86,
    /// A dispute ended.
    DisputeClosed = 87,
}

/// What an alert is about. Android apps make a notification channel of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlertClass {
    /// What opens the wallet, and who tried.
    Security,
    /// Payments, cards and limits.
    Money,
    /// Anything else.
    Information,
}

impl Kind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 87] = [
        Self::Enrolled,
        Self::PinTried,
        Self::PinRight,
        Self::PinWrong,
        Self::PinRepeated,
        Self::PinNoVerdict,
        Self::PinRefused,
        Self::OpenTriesCounted,
        Self::Locked,
        Self::PinChanged,
        Self::KdfUpgraded,
        Self::PolicyChanged,
        Self::ItemWritten,
        Self::ItemDeleted,
        Self::Wiped,
        Self::BiometricsOn,
        Self::BiometricsOff,
        Self::BiometricsAsked,
        Self::BiometricsRight,
        Self::BiometricsNotRecognised,
        Self::BiometricsEnded,
        Self::BiometricsRefused,
        Self::CodePending,
        Self::CodeCancelled,
        Self::CodeSet,
        Self::CodeWithdrawn,
        Self::Recovered,
        Self::ItemLost,
        Self::RescueRowRestored,
        Self::ProviderRegistered,
        Self::LockOrdered,
        Self::Frozen,
        Self::Unfrozen,
        Self::WipeOrdered,
        Self::UnlockGranted,
        Self::LockCleared,
        Self::ProviderKeyRevoked,
        Self::OrderWithheld,
        Self::HeartbeatDue,
        Self::HeartbeatExpired,
        Self::RemoteWipeAllowed,
        Self::LockRestored,
        Self::LockSet,
        Self::EscrowPending,
        Self::EscrowCancelled,
        Self::EscrowOn,
        Self::EscrowOff,
        Self::ChannelPending,
        Self::ChannelSet,
        Self::ChannelLeaves,
        Self::ChannelRemoved,
        Self::ChannelCancelled,
        Self::CodeAsked,
        Self::CodeTyped,
        Self::Proven,
        Self::RecoveryWaits,
        Self::RecoveryCancelled,
        Self::SecondFactorPending,
        Self::SecondFactorCancelled,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::SecondFactorTried,
        Self::SecondFactorRight,
        Self::PasswordSet,
        Self::ChannelChangePaused,
        Self::PaymentReserved,
        Self::PaymentApproved,
        Self::PaymentReleased,
        Self::PaymentRefused,
        Self::PaymentCaptured,
        Self::PaymentDeclined,
        Self::LimitSet,
        Self::LimitPending,
        Self::LimitCancelled,
        Self::LimitRaised,
        Self::ChannelFrozen,
        Self::PanicFrozen,
        Self::CardAdded,
        Self::CardFrozen,
        Self::CardUnfrozen,
        Self::CardRemoved,
        Self::CardRestored,
        Self::CardDestroyed,
        Self::LinesDeleted,
        Self::DisputeOpened,
        Self::DisputeReported,
        Self::DisputeClosed,
    ];

    /// The kind's number in the format.
    pub fn code(self) -> u16 {
        self as u16
    }

    /// What the owner is alerted to when such a line is written. `None`: to nothing. Another line says the same or comes
    /// once it matters (a wrong PIN alerts when a wait begins), or only somebody who has the wallet open writes it.
    pub fn alert(self) -> Option<AlertClass> {
        match self {
            Self::PinRefused
            | Self::OpenTriesCounted
            | Self::Locked
            | Self::PinChanged
            | Self::Wiped
            | Self::BiometricsOn
            | Self::BiometricsOff
            | Self::CodePending
            | Self::CodeCancelled
            | Self::CodeSet
            | Self::CodeWithdrawn
            | Self::Recovered
            | Self::ItemLost
            | Self::ProviderRegistered
            | Self::LockOrdered
            | Self::WipeOrdered
            | Self::UnlockGranted
            | Self::LockCleared
            | Self::OrderWithheld
            | Self::HeartbeatExpired
            | Self::RemoteWipeAllowed
            | Self::LockRestored
            | Self::LockSet
            | Self::EscrowPending
            | Self::EscrowCancelled
            | Self::EscrowOn
            | Self::EscrowOff
            | Self::ChannelPending
            | Self::ChannelSet
            | Self::ChannelLeaves
            | Self::ChannelRemoved
            | Self::ChannelCancelled
            | Self::CodeAsked
            | Self::Proven
            | Self::RecoveryWaits
            | Self::RecoveryCancelled
            | Self::SecondFactorPending
            | Self::SecondFactorCancelled
            | Self::SecondFactorOn
            | Self::SecondFactorOff
            | Self::PasswordSet
            | Self::ChannelChangePaused
            | Self::LinesDeleted => Some(AlertClass::Security),
            Self::Frozen
            | Self::Unfrozen
            | Self::PaymentApproved
            | Self::PaymentRefused
            | Self::PaymentCaptured
            | Self::PaymentDeclined
            | Self::LimitSet
            | Self::LimitPending
            | Self::LimitCancelled
            | Self::LimitRaised
            | Self::ChannelFrozen
            | Self::PanicFrozen
            | Self::CardAdded
            | Self::CardFrozen
            | Self::CardUnfrozen
            | Self::CardRemoved
            | Self::CardRestored
            | Self::CardDestroyed => Some(AlertClass::Money),
            Self::ProviderKeyRevoked
            | Self::HeartbeatDue
            | Self::DisputeOpened
            | Self::DisputeReported
            | Self::DisputeClosed => Some(AlertClass::Information),
            Self::Enrolled
            | Self::PinTried
            | Self::PinRight
            | Self::PinWrong
            | Self::PinRepeated
            | Self::PinNoVerdict
            | Self::KdfUpgraded
            | Self::PolicyChanged
            | Self::ItemWritten
            | Self::ItemDeleted
            | Self::BiometricsAsked
            | Self::BiometricsRight
            | Self::BiometricsNotRecognised
            | Self::BiometricsEnded
            | Self::BiometricsRefused
            | Self::RescueRowRestored
            | Self::CodeTyped
            | Self::SecondFactorTried
            | Self::SecondFactorRight
            | Self::PaymentReserved
            | Self::PaymentReleased => None,
        }
    }

    /// Whether such lines are about a payment, and name it in the field `payment`.
    pub fn is_of_payment(self) -> bool {
        matches!(
            self,
            Self::PaymentReserved
                | Self::PaymentApproved
                | Self::PaymentReleased
                | Self::PaymentRefused
                | Self::PaymentCaptured
                | Self::PaymentDeclined
        )
    }

    /// The kind with that number. `None`: this version does not know it.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
