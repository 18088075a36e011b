//! How a call ended, in one type for the model and the lock, so that the two can be compared.

use walletlock_core::BiometricAvailability;
use walletlock_core::events::Kind;
use walletlock_core::journal::Page;
use walletlock_core::platform::PromptEnd;
use walletlock_core::request::{BiometricDenial, ProofLevel};
use walletlock_core::{
    BiometricChange, BiometricOutcome, BiometricRefusal, Enrolment, LockError, LockStatus, NoVerdict, PaymentOutcome,
    PaymentRefusal, PinChange, PinOutcome, Refusal, Removal, WrongPin,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The PIN was right and began a session.
    Right,
    Enrolled,
    Changed {
        biometrics_on: bool,
    },
    Removed,
    /// Biometrics began a session.
    Unlocked,
    NotRecognised,
    /// The prompt ended without a verdict.
    Ended(PromptEnd),
    Denied(BiometricDenial),
    /// The proofs of which one is enough for a payment, and how confirming it ended, if that was tried.
    Asked {
        any_of: Vec<ProofLevel>,
        then: Option<Box<Self>>,
    },
    Paid,
    /// As many authorisations as may be are out.
    TooManyPayments,
    /// The payment waits no more.
    Expired,
    /// A payment ended in a way that the model does not know.
    OtherwiseRefused(String),
    /// Whether biometrics may be used.
    Biometrics(BiometricAvailability),
    Wrong(WrongPin),
    Locked(LockStatus),
    NoVerdict(NoVerdict),
    /// The proposed PIN is not allowed.
    Forbidden,
    Status(LockStatus),
    Item(Option<Vec<u8>>),
    Items(Vec<String>),
    /// The newest lines, newest first.
    Lines(Vec<(u64, Kind)>),
    Is(bool),
    Done,
    Error(LockError),
}

impl Outcome {
    /// A name under which the tally counts this outcome.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Enrolled => "enrolled",
            Self::Changed { .. } => "changed",
            Self::Removed => "removed",
            Self::Unlocked => "unlocked by a finger",
            Self::NotRecognised => "not recognised",
            Self::Ended(PromptEnd::KeyInvalidated) => "key invalidated",
            Self::Ended(PromptEnd::TimedOut) => "timed out",
            Self::Ended(_) => "prompt ended",
            Self::Asked { then: Some(then), .. } => then.name(),
            Self::Asked { then: None, .. } => "a payment needs proof",
            Self::Paid => "paid by a finger",
            Self::TooManyPayments => "too many payments",
            Self::Expired => "a payment that waits no more",
            Self::OtherwiseRefused(_) => "a payment refused",
            Self::Denied(why) => Self::Biometrics(BiometricAvailability::Denied(*why)).name(),
            Self::Biometrics(BiometricAvailability::Available) => "biometrics may be used",
            Self::Biometrics(BiometricAvailability::Denied(why)) => match why {
                BiometricDenial::Locked => "not now: locked",
                BiometricDenial::SwitchedOff => "not now: switched off",
                BiometricDenial::EnrolmentChanged => "not now: enrolment changed",
                BiometricDenial::OffAfterFailures => "not now: off after failures",
                BiometricDenial::TooManyFailures => "not now: too many failures",
                BiometricDenial::FirstUnlock => "not now: first unlock",
                BiometricDenial::PinTooLongAgo => "not now: PIN too long ago",
                BiometricDenial::TooManyUses => "not now: too many uses",
                BiometricDenial::OverBudget => "not now: over budget",
                BiometricDenial::RiskRaised => "not now: risk raised",
                _ => "not now: the sensor",
            },
            Self::Wrong(WrongPin { repeated: true, .. }) => "repeated",
            Self::Wrong(WrongPin { cooldown_ms: 1.., .. }) => "wrong, and a wait",
            Self::Wrong(_) => "wrong",
            Self::Locked(status) => Self::Status(status.clone()).name(),
            Self::NoVerdict(NoVerdict::NotAPin) => "not a PIN",
            Self::NoVerdict(NoVerdict::TryAgain) => "try again",
            Self::NoVerdict(_) => "no verdict",
            Self::Forbidden => "forbidden",
            Self::Status(LockStatus::Unconfigured) => "unconfigured",
            Self::Status(LockStatus::Busy) => "busy",
            Self::Status(LockStatus::Ready { .. }) => "ready",
            Self::Status(LockStatus::CoolingDown { .. }) => "cooling down",
            Self::Status(LockStatus::Locked { reason, .. }) => match reason {
                walletlock_core::LockReason::TooManyAttempts => "too many attempts",
                walletlock_core::LockReason::UntilRestart => "until restart",
                walletlock_core::LockReason::DataDamaged => "data damaged",
                // No life of the model has a provider.
                _ => "another lock",
            },
            Self::Status(LockStatus::Wiped) => "wiped",
            Self::Item(_) | Self::Items(_) | Self::Lines(_) | Self::Is(_) | Self::Done => "done",
            Self::Error(LockError::SessionEnded) => "session ended",
            Self::Error(LockError::PinNeeded) => "PIN needed",
            Self::Error(LockError::WrongState) => "wrong state",
            Self::Error(_) => "fault",
        }
    }
}

impl From<&PinOutcome> for Outcome {
    fn from(outcome: &PinOutcome) -> Self {
        match outcome {
            PinOutcome::Right(_) => Self::Right,
            PinOutcome::Wrong(wrong) => Self::Wrong(*wrong),
            PinOutcome::Locked(status) => Self::Locked(status.clone()),
            PinOutcome::NoVerdict(cause) => Self::NoVerdict(*cause),
        }
    }
}

impl From<&BiometricOutcome> for Outcome {
    fn from(outcome: &BiometricOutcome) -> Self {
        match outcome {
            BiometricOutcome::Unlocked(_) => Self::Unlocked,
            BiometricOutcome::NotRecognised => Self::NotRecognised,
            BiometricOutcome::Ended(how) => Self::Ended(*how),
            BiometricOutcome::Denied(why) => Self::Denied(*why),
            BiometricOutcome::NoVerdict(cause) => Self::NoVerdict(*cause),
        }
    }
}

impl From<BiometricRefusal> for Outcome {
    fn from(refusal: BiometricRefusal) -> Self {
        match refusal {
            BiometricRefusal::NotRecognised => Self::NotRecognised,
            BiometricRefusal::Ended(how) => Self::Ended(how),
            BiometricRefusal::Denied(why) => Self::Denied(why),
            BiometricRefusal::NoVerdict(cause) => Self::NoVerdict(cause),
        }
    }
}

impl From<PaymentOutcome> for Outcome {
    fn from(outcome: PaymentOutcome) -> Self {
        match outcome {
            PaymentOutcome::Approved(_) => Self::Paid,
            PaymentOutcome::NeedsProof(needed) => Self::Asked { any_of: needed.any_of, then: None },
            PaymentOutcome::BiometricsRefused(refusal) => refusal.into(),
            PaymentOutcome::Expired => Self::Expired,
            PaymentOutcome::Refused(reasons) => match reasons.as_slice() {
                [PaymentRefusal::Locked(status)] => Self::Locked(status.clone()),
                [PaymentRefusal::TooManyOpen] => Self::TooManyPayments,
                _ => Self::OtherwiseRefused(format!("{reasons:?}")),
            },
            other => Self::OtherwiseRefused(format!("{other:?}")),
        }
    }
}

impl From<BiometricChange> for Outcome {
    fn from(change: BiometricChange) -> Self {
        match change {
            BiometricChange::Done => Self::Done,
            BiometricChange::Ended(how) => Self::Ended(how),
            BiometricChange::Denied(why) => Self::Denied(why),
            BiometricChange::NoVerdict(cause) => Self::NoVerdict(cause),
        }
    }
}

impl From<BiometricAvailability> for Outcome {
    fn from(availability: BiometricAvailability) -> Self {
        Self::Biometrics(availability)
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong(wrong) => Self::Wrong(wrong),
            Refusal::Locked(status) => Self::Locked(status),
            Refusal::NoVerdict(cause) => Self::NoVerdict(cause),
        }
    }
}

impl From<&Enrolment> for Outcome {
    fn from(enrolment: &Enrolment) -> Self {
        match enrolment {
            Enrolment::Enrolled(_) => Self::Enrolled,
            Enrolment::Forbidden(_) => Self::Forbidden,
        }
    }
}

impl From<PinChange> for Outcome {
    fn from(change: PinChange) -> Self {
        match change {
            PinChange::Changed { biometrics_on } => Self::Changed { biometrics_on },
            PinChange::Forbidden(_) => Self::Forbidden,
            PinChange::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Removal> for Outcome {
    fn from(removal: Removal) -> Self {
        match removal {
            Removal::Removed => Self::Removed,
            Removal::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Page> for Outcome {
    fn from(page: Page) -> Self {
        Self::Lines(page.entries.iter().filter_map(|entry| Some((entry.number, entry.kind?))).collect())
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<bool> for Outcome {
    fn from(is: bool) -> Self {
        Self::Is(is)
    }
}

impl From<LockStatus> for Outcome {
    fn from(status: LockStatus) -> Self {
        Self::Status(status)
    }
}

impl From<Vec<String>> for Outcome {
    fn from(items: Vec<String>) -> Self {
        Self::Items(items)
    }
}

impl<T: Into<Self>> From<Result<T, LockError>> for Outcome {
    fn from(result: Result<T, LockError>) -> Self {
        result.map_or_else(Self::Error, Into::into)
    }
}
