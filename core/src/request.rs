//! Plain values in the platform's traits: what a person is asked to confirm, how a prompt ends, what keeps a device
//! key.

mod payment;

use serde::{Deserialize, Serialize};

use crate::money::Money;
pub(crate) use payment::OwnerPublicKey;
pub use payment::{AmountKind, CardRef, Channel, MAX_PAYEE_BYTES, Payee, Payment, ProofLevel, Scope};
pub(crate) use payment::{holds_card_number, is_id};

/// Whether a text is not blank, and holds no control characters and none that change the direction of text: with these
/// a text could look like another one (Unicode Technical Report 36, 2.5).
pub(crate) fn shows_what_it_says(text: &str) -> bool {
    let is_clear = |letter: char| !letter.is_control() && !BIDI_CONTROLS.contains(&letter);
    text.chars().all(is_clear) && !text.trim().is_empty()
}

/// The characters of Unicode's `Bidi_Control` property.
const BIDI_CONTROLS: [char; 12] = [
    '\u{061c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Identifies a prompt. The caller chooses it, so that the code that shows or dismisses the prompt can find the call
/// that it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PromptId(pub u64);

/// What the person is asked to confirm with biometrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BiometricRequest {
    /// Which prompt this request shows.
    pub prompt_id: PromptId,
    /// The app, or its provider, sees more risk than usual. Then biometrics are refused and only the PIN is accepted.
    pub risk_is_raised: bool,
}

/// Why biometrics may not be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiometricDenial {
    /// The lock accepts no PIN now either: [`crate::WalletLock::status`] says why.
    Locked,
    /// Biometrics were never set up, or the person switched them off.
    SwitchedOff,
    /// The keystore invalidated the key of the biometrics: a finger or face was added to the phone, or the screen lock
    /// was removed. They are off until they are set up again.
    EnrolmentChanged,
    /// Biometrics failed too often. They are off until they are set up again.
    OffAfterFailures,
    /// The phone's Android version does not support this (before Android 9).
    NotSupported,
    /// The phone has no strong biometric sensor, or no longer has one.
    NoHardware,
    /// No finger or face is enrolled on the phone.
    NoneEnrolled,
    /// The sensor is not available now.
    Busy,
    /// Biometrics failed several times in a row: the PIN is needed first.
    TooManyFailures,
    /// The PIN was not entered since the phone started, or the boot count cannot be read.
    FirstUnlock,
    /// The PIN was last entered too long ago.
    PinTooLongAgo,
    /// Biometrics were used too often since the PIN was entered.
    TooManyUses,
    /// The payment exceeds what may be paid with biometrics, at once or since the PIN was entered, or the policy allows
    /// no payments in its currency.
    OverBudget,
    /// The request says that the risk is raised: only the PIN is accepted.
    RiskRaised,
}

impl BiometricDenial {
    /// The name in the journal.
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

/// What a person confirms in a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptPurpose {
    /// That biometrics open the wallet from now on.
    Enable,
    /// That the wallet is opened.
    Unlock,
    /// A payment.
    Pay {
        /// The amount.
        amount: Money,
        /// The payee's name.
        payee: String,
    },
}

/// How a prompt ended when nobody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptEnd {
    /// The person chose another way to authenticate, or dismissed the prompt.
    CancelledByPerson,
    /// The system or the app dismissed the prompt.
    CancelledBySystem,
    /// The sensor is locked out for a while.
    LockedOut,
    /// The sensor is locked out until the phone is unlocked in another way.
    LockedOutForGood,
    /// The keystore invalidated the key: another finger or face was enrolled, or the screen lock was removed.
    KeyInvalidated,
    /// No finger or face is enrolled any more.
    NoneEnrolled,
    /// The phone has no such sensor any more.
    NoHardware,
    /// Nobody responded to the prompt in time.
    TimedOut,
    /// Something failed.
    NoVerdict,
}

impl PromptEnd {
    /// The name in the journal.
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

/// What keeps a device key, as Android reports it (`KeyProperties.SECURITY_LEVEL_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityLevel {
    /// A separate chip (StrongBox).
    Strongbox,
    /// The trusted execution environment of the phone's processor.
    TrustedEnvironment,
    /// Software: someone who takes over the phone's system can copy the key.
    Software,
    /// The phone does not say.
    Unknown,
}

impl SecurityLevel {
    /// The name in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Strongbox => "strongbox",
            Self::TrustedEnvironment => "trusted_environment",
            Self::Software => "software",
            Self::Unknown => "unknown",
        }
    }
}
