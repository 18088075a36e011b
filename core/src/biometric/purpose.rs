//! What a person is asked to confirm with their finger or face.

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
