//! Plain values that the platform's traits carry: what a person is asked to confirm, how a prompt ends, what keeps a device key.

use serde::{Deserialize, Serialize};

use crate::error::LockError;
use crate::money::Money;

/// Longest name of a payee, in bytes of UTF-8.
pub const MAX_PAYEE_BYTES: usize = 200;

/// A payment as the person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    amount: Money,
    payee: String,
}

impl Payment {
    /// Refuses a payee that is empty, longer than [`MAX_PAYEE_BYTES`], or that holds characters which show something else than they say
    /// (control characters, and those that turn the direction of text: Unicode Technical Report 36, 2.5).
    pub fn new(amount: Money, payee: &str) -> Result<Self, LockError> {
        let is_clear = |letter: char| !letter.is_control() && !TURNS_TEXT.contains(&letter);
        let fits = (1..=MAX_PAYEE_BYTES).contains(&payee.len());
        if fits && payee.chars().all(is_clear) && !payee.trim().is_empty() {
            Ok(Self { amount, payee: payee.to_owned() })
        } else {
            Err(LockError::Invalid("payee"))
        }
    }

    /// How much.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// To whom.
    pub fn payee(&self) -> &str {
        &self.payee
    }
}

/// The characters of Unicode's `Bidi_Control` property.
const TURNS_TEXT: [char; 12] = [
    '\u{061c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Names a prompt. Its caller chooses it, so that whoever shows the prompt, or takes it away, finds the call that it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PromptId(pub u64);

/// What biometrics are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BiometricRequest {
    /// Which prompt this request shows.
    pub prompt_id: PromptId,
    /// The payment to be confirmed. `None`: only to unlock.
    pub payment: Option<Payment>,
    /// The app, or its provider, sees more risk than usual: then only the PIN will do.
    pub risk_is_raised: bool,
}

/// Why biometrics may not be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiometricDenial {
    /// The lock takes no PIN now either: [`crate::WalletLock::status`] says why.
    Locked,
    /// They were never set up, or the person switched them off.
    SwitchedOff,
    /// A finger or face was added to the phone since they were set up. They are off until set up anew.
    EnrolmentChanged,
    /// They failed too often. They are off until set up anew.
    OffAfterFailures,
    /// The phone's system cannot do this (before Android 9).
    NotSupported,
    /// There is no strong sensor, or it is gone.
    NoHardware,
    /// Nobody's finger or face is enrolled on the phone.
    NoneEnrolled,
    /// The sensor is not available now.
    Busy,
    /// They failed several times in a row: the PIN first.
    TooManyFailures,
    /// The PIN was not entered since the phone started.
    FirstUnlock,
    /// The PIN was not entered for too long.
    PinTooLongAgo,
    /// They were used too often since the PIN was entered.
    TooManyUses,
    /// The payment is more than may be paid with them, at once or since the PIN was entered, or in a currency that may not.
    OverBudget,
    /// There is more risk than usual: the PIN.
    RiskRaised,
}

impl BiometricDenial {
    /// As the journal names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::SwitchedOff => "switched off",
            Self::EnrolmentChanged => "enrolment changed",
            Self::OffAfterFailures => "off after failures",
            Self::NotSupported => "not supported",
            Self::NoHardware => "no hardware",
            Self::NoneEnrolled => "none enrolled",
            Self::Busy => "busy",
            Self::TooManyFailures => "too many failures",
            Self::FirstUnlock => "first unlock",
            Self::PinTooLongAgo => "PIN too long ago",
            Self::TooManyUses => "too many uses",
            Self::OverBudget => "over budget",
            Self::RiskRaised => "risk raised",
        }
    }
}

/// What a person confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptPurpose {
    /// That biometrics shall open the wallet from now on.
    Enable,
    /// That it is opened.
    Unlock,
    /// A payment.
    Pay(Payment),
}

/// How a prompt ended without anyone being recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptEnd {
    /// The person took another way, or none.
    CancelledByPerson,
    /// The system, or the app, took the prompt away.
    CancelledBySystem,
    /// The sensor answers nobody for a while.
    LockedOut,
    /// The sensor answers nobody until the phone is unlocked another way.
    LockedOutForGood,
    /// The key is gone: another finger or face was enrolled, or the screen lock was removed.
    KeyInvalidated,
    /// Nobody's finger or face is enrolled any more.
    NoneEnrolled,
    /// There is no such sensor any more.
    NoHardware,
    /// Nobody answered.
    TimedOut,
    /// Something failed.
    NoVerdict,
}

impl PromptEnd {
    /// As the journal names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CancelledByPerson => "cancelled by the person",
            Self::CancelledBySystem => "cancelled by the system",
            Self::LockedOut => "locked out",
            Self::LockedOutForGood => "locked out for good",
            Self::KeyInvalidated => "key invalidated",
            Self::NoneEnrolled => "none enrolled",
            Self::NoHardware => "no hardware",
            Self::TimedOut => "timed out",
            Self::NoVerdict => "no verdict",
        }
    }
}

/// What keeps a device key, as Android tells it (`KeyProperties.SECURITY_LEVEL_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityLevel {
    /// A chip of its own (StrongBox).
    Strongbox,
    /// The trusted execution environment of the phone's processor.
    TrustedEnvironment,
    /// Software: whoever takes over the phone's system can copy the key.
    Software,
    /// The phone does not say.
    Unknown,
}

impl SecurityLevel {
    /// As the journal names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Strongbox => "strongbox",
            Self::TrustedEnvironment => "trusted_environment",
            Self::Software => "software",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_payee_says_what_it_shows() {
        let ten = Money::new(1_000, Currency::new("EUR").expect("a currency")).expect("an amount");
        assert_eq!(Payment::new(ten, "Café 烘焙").expect("a payee").payee(), "Café 烘焙");
        for payee in ["", "  ", "a\nb", "moc\u{202e}live", "a\u{2066}b", "\u{200f}", &"x".repeat(201)] {
            assert!(Payment::new(ten, payee).is_err(), "{payee:?}");
        }
    }
}
