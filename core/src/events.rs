//! Journal events as plain values: the kinds of journal lines, the fields of each kind, and what listeners are told.

use crate::request::{BiometricDenial, Payment, PromptEnd, SecurityLevel};
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
    /// The recovery code, or the provider by escrow, opened the wallet, and a new PIN, a new code and a new data key are in
    /// force.
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
}

impl Kind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 47] = [
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
    ];

    /// The kind's number in the format.
    pub fn code(self) -> u16 {
        self as u16
    }

    /// The kind with that number. `None`: this version does not know it.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The content of a new journal line. The fields of each kind are named here and nowhere else; no field is ever a
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JournalEvent<'a> {
    Enrolled { device_key: SecurityLevel, policy: &'a str },
    PinTried,
    PinRight,
    PinWrong { failures: u32 },
    PinRepeated { failures: u32 },
    PinNoVerdict { failures: u32 },
    PinRefused,
    OpenTriesCounted { tries: u32 },
    Locked { reason: LockedBy },
    PinChanged { device_key: SecurityLevel },
    KdfUpgraded { memory_kib: u32, passes: u32, lanes: u32 },
    PolicyChanged { from: &'a str, to: &'a str },
    ItemWritten { item: &'a str },
    ItemDeleted { item: &'a str },
    Wiped,
    BiometricsOn,
    BiometricsOff { because: BiometricDenial },
    BiometricsAsked { payment: Option<&'a Payment> },
    BiometricsRight { payment: Option<&'a Payment> },
    BiometricsNotRecognised,
    BiometricsEnded { how: PromptEnd },
    BiometricsRefused { because: BiometricDenial },
    CodePending { withdraws: bool, wait_h: u32 },
    CodeCancelled,
    CodeSet,
    CodeWithdrawn,
    Recovered { by: &'a str, proofs: Option<&'a str>, device_key: SecurityLevel, policy: &'a str, proven_lines: u64 },
    ItemLost { item: &'a str },
    RescueRowRestored,
    ProviderRegistered,
    LockOrdered { reason: &'a str, kid: &'a str, seq: u64 },
    Frozen { by: &'a str, seq: Option<u64> },
    Unfrozen { by: &'a str },
    WipeOrdered { kid: &'a str, seq: u64, is_allowed: bool },
    UnlockGranted { proofs: &'a str, after: u64 },
    LockCleared { reason: &'a str, by: &'a str },
    ProviderKeyRevoked { kid: &'a str, added: Option<&'a str> },
    OrderWithheld { seq: u64 },
    HeartbeatDue { left_h: u64 },
    HeartbeatExpired,
    RemoteWipeAllowed { is_allowed: bool },
    LockRestored { reason: &'a str, kid: &'a str, seq: u64 },
    LockSet { reason: &'a str },
    EscrowPending { is_on: bool, wait_h: u32 },
    EscrowCancelled,
    EscrowOn,
    EscrowOff,
}

/// Which lock of the PIN's counter began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockedBy {
    TooManyAttempts,
    UntilRestart,
}

/// A field's name and its value.
type Field = (&'static str, String);

impl JournalEvent<'_> {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Enrolled { .. } => Kind::Enrolled,
            Self::PinTried => Kind::PinTried,
            Self::PinRight => Kind::PinRight,
            Self::PinWrong { .. } => Kind::PinWrong,
            Self::PinRepeated { .. } => Kind::PinRepeated,
            Self::PinNoVerdict { .. } => Kind::PinNoVerdict,
            Self::PinRefused => Kind::PinRefused,
            Self::OpenTriesCounted { .. } => Kind::OpenTriesCounted,
            Self::Locked { .. } => Kind::Locked,
            Self::PinChanged { .. } => Kind::PinChanged,
            Self::KdfUpgraded { .. } => Kind::KdfUpgraded,
            Self::PolicyChanged { .. } => Kind::PolicyChanged,
            Self::ItemWritten { .. } => Kind::ItemWritten,
            Self::ItemDeleted { .. } => Kind::ItemDeleted,
            Self::Wiped => Kind::Wiped,
            Self::BiometricsOn => Kind::BiometricsOn,
            Self::BiometricsOff { .. } => Kind::BiometricsOff,
            Self::BiometricsAsked { .. } => Kind::BiometricsAsked,
            Self::BiometricsRight { .. } => Kind::BiometricsRight,
            Self::BiometricsNotRecognised => Kind::BiometricsNotRecognised,
            Self::BiometricsEnded { .. } => Kind::BiometricsEnded,
            Self::BiometricsRefused { .. } => Kind::BiometricsRefused,
            Self::CodePending { .. } => Kind::CodePending,
            Self::CodeCancelled => Kind::CodeCancelled,
            Self::CodeSet => Kind::CodeSet,
            Self::CodeWithdrawn => Kind::CodeWithdrawn,
            Self::Recovered { .. } => Kind::Recovered,
            Self::ItemLost { .. } => Kind::ItemLost,
            Self::RescueRowRestored => Kind::RescueRowRestored,
            Self::ProviderRegistered => Kind::ProviderRegistered,
            Self::LockOrdered { .. } => Kind::LockOrdered,
            Self::Frozen { .. } => Kind::Frozen,
            Self::Unfrozen { .. } => Kind::Unfrozen,
            Self::WipeOrdered { .. } => Kind::WipeOrdered,
            Self::UnlockGranted { .. } => Kind::UnlockGranted,
            Self::LockCleared { .. } => Kind::LockCleared,
            Self::ProviderKeyRevoked { .. } => Kind::ProviderKeyRevoked,
            Self::OrderWithheld { .. } => Kind::OrderWithheld,
            Self::HeartbeatDue { .. } => Kind::HeartbeatDue,
            Self::HeartbeatExpired => Kind::HeartbeatExpired,
            Self::RemoteWipeAllowed { .. } => Kind::RemoteWipeAllowed,
            Self::LockRestored { .. } => Kind::LockRestored,
            Self::LockSet { .. } => Kind::LockSet,
            Self::EscrowPending { .. } => Kind::EscrowPending,
            Self::EscrowCancelled => Kind::EscrowCancelled,
            Self::EscrowOn => Kind::EscrowOn,
            Self::EscrowOff => Kind::EscrowOff,
        }
    }

    /// The line's details: the names and values that the journal stores.
    pub(crate) fn fields(&self) -> Vec<Field> {
        match *self {
            Self::PinTried
            | Self::PinRight
            | Self::PinRefused
            | Self::Wiped
            | Self::BiometricsOn
            | Self::BiometricsNotRecognised
            | Self::CodeCancelled
            | Self::CodeSet
            | Self::CodeWithdrawn
            | Self::RescueRowRestored
            | Self::ProviderRegistered
            | Self::HeartbeatExpired
            | Self::EscrowCancelled
            | Self::EscrowOn
            | Self::EscrowOff => Vec::new(),
            Self::Enrolled { device_key, policy } => {
                vec![field("device_key", device_key.name()), field("policy", policy)]
            }
            Self::PinWrong { failures } | Self::PinRepeated { failures } | Self::PinNoVerdict { failures } => {
                vec![field("failures", failures)]
            }
            Self::OpenTriesCounted { tries } => vec![field("tries", tries)],
            Self::Locked { reason } => vec![field("reason", reason.name())],
            Self::PinChanged { device_key } => vec![field("device_key", device_key.name())],
            Self::KdfUpgraded { memory_kib, passes, lanes } => {
                vec![field("memory_kib", memory_kib), field("passes", passes), field("lanes", lanes)]
            }
            Self::PolicyChanged { from, to } => vec![field("from", from), field("to", to)],
            Self::ItemWritten { item } | Self::ItemDeleted { item } | Self::ItemLost { item } => {
                vec![field("item", item)]
            }
            Self::CodePending { withdraws, wait_h } => {
                let change = if withdraws { "withdrawal" } else { "new code" };
                vec![field("change", change), field("wait_h", wait_h)]
            }
            Self::Recovered { by, proofs, device_key, policy, proven_lines } => {
                let rest = [
                    field("device_key", device_key.name()),
                    field("policy", policy),
                    field("proven_lines", proven_lines),
                ];
                let proofs = proofs.map(|proofs| field("proofs", proofs));
                [field("by", by)].into_iter().chain(proofs).chain(rest).collect()
            }
            Self::EscrowPending { is_on, wait_h } => {
                vec![field("change", if is_on { "on" } else { "off" }), field("wait_h", wait_h)]
            }
            Self::BiometricsOff { because } | Self::BiometricsRefused { because } => {
                vec![field("because", because.name())]
            }
            Self::BiometricsAsked { payment } | Self::BiometricsRight { payment } => purpose_fields(payment),
            Self::BiometricsEnded { how } => vec![field("how", how.name())],
            Self::LockOrdered { reason, kid, seq } | Self::LockRestored { reason, kid, seq } => {
                vec![field("reason", reason), field("kid", kid), field("seq", seq)]
            }
            Self::Frozen { by, seq } => [field("by", by)].into_iter().chain(seq.map(|seq| field("seq", seq))).collect(),
            Self::Unfrozen { by } => vec![field("by", by)],
            Self::LockSet { reason } => vec![field("reason", reason)],
            Self::WipeOrdered { kid, seq, is_allowed } => {
                vec![field("kid", kid), field("seq", seq), field("allowed", is_allowed)]
            }
            Self::UnlockGranted { proofs, after } => vec![field("proofs", proofs), field("after", after)],
            Self::LockCleared { reason, by } => vec![field("reason", reason), field("by", by)],
            Self::ProviderKeyRevoked { kid, added } => {
                [field("kid", kid)].into_iter().chain(added.map(|added| field("added", added))).collect()
            }
            Self::OrderWithheld { seq } => vec![field("seq", seq)],
            Self::HeartbeatDue { left_h } => vec![field("left_h", left_h)],
            Self::RemoteWipeAllowed { is_allowed } => vec![field("allowed", is_allowed)],
        }
    }
}

impl LockedBy {
    fn name(self) -> &'static str {
        match self {
            Self::TooManyAttempts => "too many attempts",
            Self::UntilRestart => "until restart",
        }
    }
}

fn purpose_fields(payment: Option<&Payment>) -> Vec<Field> {
    let Some(payment) = payment else { return vec![field("for", "unlocking")] };
    let amount = payment.amount();
    vec![
        field("for", "paying"),
        field("payee", payment.payee()),
        field("amount_minor", amount.minor()),
        field("currency", amount.currency()),
    ]
}

fn field(name: &'static str, value: impl ToString) -> Field {
    (name, value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};

    /// Exports that people keep as evidence contain these names.
    #[test]
    fn the_fields_of_every_kind_are_frozen() {
        let currency = Currency::new("EUR").expect("a currency");
        let payment = Payment::new(Money::new(950, currency).expect("an amount"), "Bakery").expect("a payment");
        let strongbox = SecurityLevel::Strongbox;
        let fields: [(JournalEvent<'_>, &[(&str, &str)]); 47] = [
            (
                JournalEvent::Enrolled { device_key: strongbox, policy: "trezor" },
                &[("device_key", "strongbox"), ("policy", "trezor")],
            ),
            (JournalEvent::PinTried, &[]),
            (JournalEvent::PinRight, &[]),
            (JournalEvent::PinWrong { failures: 3 }, &[("failures", "3")]),
            (JournalEvent::PinRepeated { failures: 3 }, &[("failures", "3")]),
            (JournalEvent::PinNoVerdict { failures: 3 }, &[("failures", "3")]),
            (JournalEvent::PinRefused, &[]),
            (JournalEvent::OpenTriesCounted { tries: 2 }, &[("tries", "2")]),
            (JournalEvent::Locked { reason: LockedBy::TooManyAttempts }, &[("reason", "too many attempts")]),
            (JournalEvent::PinChanged { device_key: strongbox }, &[("device_key", "strongbox")]),
            (
                JournalEvent::KdfUpgraded { memory_kib: 19_456, passes: 2, lanes: 1 },
                &[("memory_kib", "19456"), ("passes", "2"), ("lanes", "1")],
            ),
            (JournalEvent::PolicyChanged { from: "ctap2", to: "trezor" }, &[("from", "ctap2"), ("to", "trezor")]),
            (JournalEvent::ItemWritten { item: "card-token" }, &[("item", "card-token")]),
            (JournalEvent::ItemDeleted { item: "card-token" }, &[("item", "card-token")]),
            (JournalEvent::Wiped, &[]),
            (JournalEvent::BiometricsOn, &[]),
            (JournalEvent::BiometricsOff { because: BiometricDenial::SwitchedOff }, &[("because", "switched off")]),
            (JournalEvent::BiometricsAsked { payment: None }, &[("for", "unlocking")]),
            (
                JournalEvent::BiometricsRight { payment: Some(&payment) },
                &[("for", "paying"), ("payee", "Bakery"), ("amount_minor", "950"), ("currency", "EUR")],
            ),
            (JournalEvent::BiometricsNotRecognised, &[]),
            (JournalEvent::BiometricsEnded { how: PromptEnd::TimedOut }, &[("how", "timed out")]),
            (JournalEvent::BiometricsRefused { because: BiometricDenial::Locked }, &[("because", "locked")]),
            (JournalEvent::CodePending { withdraws: false, wait_h: 24 }, &[("change", "new code"), ("wait_h", "24")]),
            (JournalEvent::CodeCancelled, &[]),
            (JournalEvent::CodeSet, &[]),
            (JournalEvent::CodeWithdrawn, &[]),
            (
                JournalEvent::Recovered {
                    by: "escrow",
                    proofs: Some("sms here"),
                    device_key: strongbox,
                    policy: "trezor",
                    proven_lines: 7,
                },
                &[
                    ("by", "escrow"),
                    ("proofs", "sms here"),
                    ("device_key", "strongbox"),
                    ("policy", "trezor"),
                    ("proven_lines", "7"),
                ],
            ),
            (JournalEvent::ItemLost { item: "card-token" }, &[("item", "card-token")]),
            (JournalEvent::RescueRowRestored, &[]),
            (JournalEvent::ProviderRegistered, &[]),
            (
                JournalEvent::LockOrdered { reason: "lost or stolen", kid: "ab", seq: 7 },
                &[("reason", "lost or stolen"), ("kid", "ab"), ("seq", "7")],
            ),
            (JournalEvent::Frozen { by: "provider", seq: Some(7) }, &[("by", "provider"), ("seq", "7")]),
            (JournalEvent::Unfrozen { by: "owner" }, &[("by", "owner")]),
            (
                JournalEvent::WipeOrdered { kid: "ab", seq: 7, is_allowed: false },
                &[("kid", "ab"), ("seq", "7"), ("allowed", "false")],
            ),
            (JournalEvent::UnlockGranted { proofs: "sms here", after: 7 }, &[("proofs", "sms here"), ("after", "7")]),
            (
                JournalEvent::LockCleared { reason: "unusual activity", by: "PIN" },
                &[("reason", "unusual activity"), ("by", "PIN")],
            ),
            (JournalEvent::ProviderKeyRevoked { kid: "ab", added: Some("cd") }, &[("kid", "ab"), ("added", "cd")]),
            (JournalEvent::OrderWithheld { seq: 7 }, &[("seq", "7")]),
            (JournalEvent::HeartbeatDue { left_h: 33 }, &[("left_h", "33")]),
            (JournalEvent::HeartbeatExpired, &[]),
            (JournalEvent::RemoteWipeAllowed { is_allowed: true }, &[("allowed", "true")]),
            (
                JournalEvent::LockRestored { reason: "lost or stolen", kid: "ab", seq: 7 },
                &[("reason", "lost or stolen"), ("kid", "ab"), ("seq", "7")],
            ),
            (JournalEvent::LockSet { reason: "locked by the owner" }, &[("reason", "locked by the owner")]),
            (JournalEvent::EscrowPending { is_on: true, wait_h: 24 }, &[("change", "on"), ("wait_h", "24")]),
            (JournalEvent::EscrowCancelled, &[]),
            (JournalEvent::EscrowOn, &[]),
            (JournalEvent::EscrowOff, &[]),
        ];
        for ((event, expected), kind) in fields.into_iter().zip(Kind::ALL) {
            assert_eq!(event.kind(), kind);
            let fields = event.fields();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(fields, expected, "{kind:?}");
        }
    }
}
