//! The content of journal lines: the fields of each kind, with their names.

use std::fmt::Display;

use super::Kind;
use crate::money::Currency;
use crate::request::{BiometricDenial, Channel, Payment, PromptEnd, PromptPurpose, SecurityLevel};

/// The content of a new journal line. The fields of each kind are named here and nowhere else; no field is ever a
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JournalEvent<'a> {
    Enrolled {
        device_key: SecurityLevel,
        policy: &'a str,
    },
    PinTried,
    PinRight,
    PinWrong {
        failures: u32,
    },
    PinRepeated {
        failures: u32,
    },
    PinNoVerdict {
        failures: u32,
    },
    PinRefused,
    OpenTriesCounted {
        tries: u32,
    },
    Locked {
        reason: LockedBy,
    },
    PinChanged {
        device_key: SecurityLevel,
    },
    KdfUpgraded {
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    },
    PolicyChanged {
        from: &'a str,
        to: &'a str,
    },
    ItemWritten {
        item: &'a str,
    },
    ItemDeleted {
        item: &'a str,
    },
    Wiped,
    BiometricsOn,
    BiometricsOff {
        because: BiometricDenial,
    },
    BiometricsAsked {
        purpose: &'a PromptPurpose,
    },
    BiometricsRight {
        purpose: &'a PromptPurpose,
    },
    BiometricsNotRecognised,
    BiometricsEnded {
        how: PromptEnd,
    },
    BiometricsRefused {
        because: BiometricDenial,
    },
    CodePending {
        withdraws: bool,
        wait_h: u32,
    },
    CodeCancelled,
    CodeSet,
    CodeWithdrawn,
    Recovered {
        by: &'a str,
        proofs: Option<&'a str>,
        device_key: SecurityLevel,
        policy: &'a str,
        proven_lines: u64,
    },
    ItemLost {
        item: &'a str,
    },
    RescueRowRestored,
    ProviderRegistered,
    LockOrdered {
        reason: &'a str,
        kid: &'a str,
        seq: u64,
    },
    Frozen {
        by: &'a str,
        seq: Option<u64>,
    },
    Unfrozen {
        by: &'a str,
    },
    WipeOrdered {
        kid: &'a str,
        seq: u64,
        is_allowed: bool,
    },
    UnlockGranted {
        proofs: &'a str,
        after: u64,
    },
    LockCleared {
        reason: &'a str,
        by: &'a str,
    },
    ProviderKeyRevoked {
        kid: &'a str,
        added: Option<&'a str>,
    },
    OrderWithheld {
        seq: u64,
    },
    HeartbeatDue {
        left_h: u64,
    },
    HeartbeatExpired,
    RemoteWipeAllowed {
        is_allowed: bool,
    },
    LockRestored {
        reason: &'a str,
        kid: &'a str,
        seq: u64,
    },
    LockSet {
        reason: &'a str,
    },
    EscrowPending {
        is_on: bool,
        wait_h: u32,
    },
    EscrowCancelled,
    EscrowOn,
    EscrowOff,
    ChannelPending {
        channel: &'a str,
        wait_h: u32,
    },
    ChannelSet {
        channel: &'a str,
    },
    ChannelLeaves {
        channel: &'a str,
        wait_h: u32,
    },
    ChannelRemoved {
        channel: &'a str,
    },
    ChannelCancelled {
        channel: &'a str,
    },
    CodeAsked {
        channel: &'a str,
    },
    CodeTyped {
        channel: &'a str,
        purpose: &'a str,
    },
    Proven {
        proof: &'a str,
    },
    RecoveryWaits {
        wait_h: u32,
    },
    RecoveryCancelled {
        by: &'a str,
    },
    SecondFactorPending {
        change: &'a str,
        wait_h: u32,
    },
    SecondFactorCancelled,
    SecondFactorOn {
        factor: &'a str,
    },
    SecondFactorOff,
    SecondFactorTried {
        purpose: &'a str,
    },
    SecondFactorRight,
    PasswordSet,
    ChannelChangePaused {
        channel: &'a str,
        wait_h: u32,
    },
    PaymentReserved {
        payment: &'a Payment,
        counted_minor: u64,
        currency: Currency,
        proof: &'a str,
        seq: u64,
        window: u64,
        risk: Option<&'a str>,
    },
    /// `token`: the authorisation as the owner's key signed it.
    PaymentApproved {
        payment: &'a Payment,
        counted_minor: u64,
        currency: Currency,
        seq: u64,
        utc_offset_s: i64,
        token: &'a str,
    },
    PaymentReleased {
        payment: &'a str,
        seq: u64,
    },
    PaymentRefused {
        payment: &'a Payment,
        because: &'a str,
    },
    /// `receipt`: the provider's signed word, if it said so.
    PaymentCaptured {
        of: PaymentParties<'a>,
        minor: u64,
        currency: Currency,
        by: &'a str,
        receipt: Option<&'a str>,
    },
    PaymentDeclined {
        of: PaymentParties<'a>,
        by: &'a str,
        receipt: Option<&'a str>,
    },
    LimitSet {
        limit: &'a str,
        max: u64,
    },
    LimitPending {
        limit: &'a str,
        max: Option<u64>,
        wait_h: u32,
    },
    LimitCancelled {
        limit: &'a str,
    },
    LimitRaised {
        limit: &'a str,
        max: Option<u64>,
    },
    ChannelFrozen {
        channel: &'a str,
    },
    PanicFrozen {
        wait_h: u32,
    },
    CardAdded {
        card: &'a str,
        label: &'a str,
    },
    CardFrozen {
        card: &'a str,
    },
    CardUnfrozen {
        card: &'a str,
    },
    CardRemoved {
        card: &'a str,
        wait_h: u32,
    },
    CardRestored {
        card: &'a str,
    },
    CardDestroyed {
        card: &'a str,
    },
    /// `link`: the link of the last line that was deleted.
    LinesDeleted {
        up_to: u64,
        link: &'a str,
    },
    DisputeOpened {
        dispute: u32,
        payment: &'a str,
        reason: &'a str,
    },
    DisputeReported {
        dispute: u32,
        to: &'a str,
    },
    DisputeClosed {
        dispute: u32,
        how: &'a str,
    },
}

/// A payment, and who and what takes part in it, as its lines say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PaymentParties<'a> {
    pub(crate) payment: &'a str,
    pub(crate) payee: &'a str,
    pub(crate) payee_id: &'a str,
    pub(crate) card: Option<&'a str>,
    pub(crate) channel: Channel,
    pub(crate) mcc: Option<u16>,
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
            Self::ChannelPending { .. } => Kind::ChannelPending,
            Self::ChannelSet { .. } => Kind::ChannelSet,
            Self::ChannelLeaves { .. } => Kind::ChannelLeaves,
            Self::ChannelRemoved { .. } => Kind::ChannelRemoved,
            Self::ChannelCancelled { .. } => Kind::ChannelCancelled,
            Self::CodeAsked { .. } => Kind::CodeAsked,
            Self::CodeTyped { .. } => Kind::CodeTyped,
            Self::Proven { .. } => Kind::Proven,
            Self::RecoveryWaits { .. } => Kind::RecoveryWaits,
            Self::RecoveryCancelled { .. } => Kind::RecoveryCancelled,
            Self::SecondFactorPending { .. } => Kind::SecondFactorPending,
            Self::SecondFactorCancelled => Kind::SecondFactorCancelled,
            Self::SecondFactorOn { .. } => Kind::SecondFactorOn,
            Self::SecondFactorOff => Kind::SecondFactorOff,
            Self::SecondFactorTried { .. } => Kind::SecondFactorTried,
            Self::SecondFactorRight => Kind::SecondFactorRight,
            Self::PasswordSet => Kind::PasswordSet,
            Self::ChannelChangePaused { .. } => Kind::ChannelChangePaused,
            Self::PaymentReserved { .. } => Kind::PaymentReserved,
            Self::PaymentApproved { .. } => Kind::PaymentApproved,
            Self::PaymentReleased { .. } => Kind::PaymentReleased,
            Self::PaymentRefused { .. } => Kind::PaymentRefused,
            Self::PaymentCaptured { .. } => Kind::PaymentCaptured,
            Self::PaymentDeclined { .. } => Kind::PaymentDeclined,
            Self::LimitSet { .. } => Kind::LimitSet,
            Self::LimitPending { .. } => Kind::LimitPending,
            Self::LimitCancelled { .. } => Kind::LimitCancelled,
            Self::LimitRaised { .. } => Kind::LimitRaised,
            Self::ChannelFrozen { .. } => Kind::ChannelFrozen,
            Self::PanicFrozen { .. } => Kind::PanicFrozen,
            Self::CardAdded { .. } => Kind::CardAdded,
            Self::CardFrozen { .. } => Kind::CardFrozen,
            Self::CardUnfrozen { .. } => Kind::CardUnfrozen,
            Self::CardRemoved { .. } => Kind::CardRemoved,
            Self::CardRestored { .. } => Kind::CardRestored,
            Self::CardDestroyed { .. } => Kind::CardDestroyed,
            Self::LinesDeleted { .. } => Kind::LinesDeleted,
            Self::DisputeOpened { .. } => Kind::DisputeOpened,
            Self::DisputeReported { .. } => Kind::DisputeReported,
            Self::DisputeClosed { .. } => Kind::DisputeClosed,
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
            | Self::EscrowOff
            | Self::SecondFactorCancelled
            | Self::SecondFactorOff
            | Self::SecondFactorRight
            | Self::PasswordSet => Vec::new(),
            Self::Enrolled { device_key, policy } => all(&[("device_key", &device_key.name()), ("policy", &policy)]),
            Self::PinWrong { failures } | Self::PinRepeated { failures } | Self::PinNoVerdict { failures } => {
                all(&[("failures", &failures)])
            }
            Self::OpenTriesCounted { tries } => all(&[("tries", &tries)]),
            Self::Locked { reason } => all(&[("reason", &reason.name())]),
            Self::PinChanged { device_key } => all(&[("device_key", &device_key.name())]),
            Self::KdfUpgraded { memory_kib, passes, lanes } => {
                all(&[("memory_kib", &memory_kib), ("passes", &passes), ("lanes", &lanes)])
            }
            Self::PolicyChanged { from, to } => all(&[("from", &from), ("to", &to)]),
            Self::ItemWritten { item } | Self::ItemDeleted { item } | Self::ItemLost { item } => {
                all(&[("item", &item)])
            }
            Self::CodePending { withdraws, wait_h } => {
                let change = if withdraws { "withdrawal" } else { "new code" };
                all(&[("change", &change), ("wait_h", &wait_h)])
            }
            Self::Recovered { by, proofs, device_key, policy, proven_lines } => {
                let rest = [
                    field("device_key", &device_key.name()),
                    field("policy", &policy),
                    field("proven_lines", &proven_lines),
                ];
                let proofs = proofs.map(|proofs| field("proofs", &proofs));
                [field("by", &by)].into_iter().chain(proofs).chain(rest).collect()
            }
            Self::EscrowPending { is_on, wait_h } => {
                all(&[("change", &(if is_on { "on" } else { "off" })), ("wait_h", &wait_h)])
            }
            Self::BiometricsOff { because } | Self::BiometricsRefused { because } => {
                all(&[("because", &because.name())])
            }
            Self::BiometricsAsked { purpose } | Self::BiometricsRight { purpose } => purpose_fields(purpose),
            Self::BiometricsEnded { how } => all(&[("how", &how.name())]),
            Self::LockOrdered { reason, kid, seq } | Self::LockRestored { reason, kid, seq } => {
                all(&[("reason", &reason), ("kid", &kid), ("seq", &seq)])
            }
            Self::Frozen { by, seq } => {
                [field("by", &by)].into_iter().chain(seq.map(|seq| field("seq", &seq))).collect()
            }
            Self::Unfrozen { by } => all(&[("by", &by)]),
            Self::LockSet { reason } => all(&[("reason", &reason)]),
            Self::WipeOrdered { kid, seq, is_allowed } => {
                all(&[("kid", &kid), ("seq", &seq), ("allowed", &is_allowed)])
            }
            Self::UnlockGranted { proofs, after } => all(&[("proofs", &proofs), ("after", &after)]),
            Self::LockCleared { reason, by } => all(&[("reason", &reason), ("by", &by)]),
            Self::ProviderKeyRevoked { kid, added } => {
                [field("kid", &kid)].into_iter().chain(added.map(|added| field("added", &added))).collect()
            }
            Self::OrderWithheld { seq } => all(&[("seq", &seq)]),
            Self::HeartbeatDue { left_h } => all(&[("left_h", &left_h)]),
            Self::RemoteWipeAllowed { is_allowed } => all(&[("allowed", &is_allowed)]),
            Self::ChannelPending { channel, wait_h }
            | Self::ChannelLeaves { channel, wait_h }
            | Self::ChannelChangePaused { channel, wait_h } => all(&[("channel", &channel), ("wait_h", &wait_h)]),
            Self::ChannelSet { channel }
            | Self::ChannelRemoved { channel }
            | Self::ChannelCancelled { channel }
            | Self::CodeAsked { channel } => all(&[("channel", &channel)]),
            Self::CodeTyped { channel, purpose } => all(&[("channel", &channel), ("purpose", &purpose)]),
            Self::Proven { proof } => all(&[("proof", &proof)]),
            Self::RecoveryWaits { wait_h } => all(&[("wait_h", &wait_h)]),
            Self::RecoveryCancelled { by } => all(&[("by", &by)]),
            Self::SecondFactorPending { change, wait_h } => all(&[("change", &change), ("wait_h", &wait_h)]),
            Self::SecondFactorOn { factor } => all(&[("factor", &factor)]),
            Self::SecondFactorTried { purpose } => all(&[("purpose", &purpose)]),
            Self::PaymentReserved { payment, counted_minor, currency, proof, seq, window, risk } => {
                let mut fields = payment_fields(payment);
                fields.extend([
                    field("counted_minor", &counted_minor),
                    field("counted_currency", &currency),
                    field("proof", &proof),
                    field("seq", &seq),
                    field("window", &window),
                ]);
                fields.extend(risk.map(|risk| field("risk", &risk)));
                fields
            }
            Self::PaymentRefused { payment, because } => {
                let mut fields = payment_fields(payment);
                fields.push(field("because", &because));
                fields
            }
            Self::PaymentApproved { payment, counted_minor, currency, seq, utc_offset_s, token } => {
                let mut fields = payment_fields(payment);
                fields.extend([
                    field("counted_minor", &counted_minor),
                    field("counted_currency", &currency),
                    field("seq", &seq),
                    field("utc_offset_s", &utc_offset_s),
                    field("token", &token),
                ]);
                fields
            }
            Self::PaymentReleased { payment, seq } => all(&[("payment", &payment), ("seq", &seq)]),
            Self::PaymentCaptured { of, minor, currency, by, receipt } => {
                let mut fields = party_fields(of);
                let captured =
                    [field("captured_minor", &minor), field("counted_currency", &currency), field("by", &by)];
                fields.extend(captured);
                fields.extend(receipt.map(|receipt| field("receipt", &receipt)));
                fields
            }
            Self::PaymentDeclined { of, by, receipt } => {
                let mut fields = party_fields(of);
                fields.push(field("by", &by));
                fields.extend(receipt.map(|receipt| field("receipt", &receipt)));
                fields
            }
            Self::LimitSet { limit, max } => all(&[("limit", &limit), ("max", &max)]),
            Self::LimitPending { limit, max, wait_h } => {
                vec![field("limit", &limit), max_field(max), field("wait_h", &wait_h)]
            }
            Self::LimitCancelled { limit } => all(&[("limit", &limit)]),
            Self::LimitRaised { limit, max } => vec![field("limit", &limit), max_field(max)],
            Self::ChannelFrozen { channel } => all(&[("channel", &channel)]),
            Self::PanicFrozen { wait_h } => all(&[("wait_h", &wait_h)]),
            Self::CardAdded { card, label } => all(&[("card", &card), ("label", &label)]),
            Self::CardRemoved { card, wait_h } => all(&[("card", &card), ("wait_h", &wait_h)]),
            Self::CardFrozen { card }
            | Self::CardUnfrozen { card }
            | Self::CardRestored { card }
            | Self::CardDestroyed { card } => all(&[("card", &card)]),
            Self::LinesDeleted { up_to, link } => all(&[("up_to", &up_to), ("link", &link)]),
            Self::DisputeOpened { dispute, payment, reason } => {
                all(&[("dispute", &dispute), ("payment", &payment), ("reason", &reason)])
            }
            Self::DisputeReported { dispute, to } => all(&[("dispute", &dispute), ("to", &to)]),
            Self::DisputeClosed { dispute, how } => all(&[("dispute", &dispute), ("how", &how)]),
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

fn purpose_fields(purpose: &PromptPurpose) -> Vec<Field> {
    match purpose {
        PromptPurpose::Pay { amount, payee } => all(&[
            ("for", &"paying"),
            ("payee", &payee),
            ("amount_minor", &amount.minor()),
            ("currency", &amount.currency()),
        ]),
        PromptPurpose::Unlock | PromptPurpose::Enable => all(&[("for", &"unlocking")]),
    }
}

fn payment_fields(payment: &Payment) -> Vec<Field> {
    let Payment { id, amount, kind: _, fee_max_minor: _, payee, card: _, channel, mcc, billing: _, nonce: _ } = payment;
    let (payee, payee_id) = (payee.name.as_str(), payee.id.as_str());
    let mut fields = party_fields(PaymentParties {
        payment: id,
        payee,
        payee_id,
        card: payment.card_id(),
        channel: *channel,
        mcc: *mcc,
    });
    fields.extend([field("amount_minor", &amount.minor()), field("currency", &amount.currency())]);
    fields
}

fn party_fields(of: PaymentParties<'_>) -> Vec<Field> {
    let PaymentParties { payment, payee, payee_id, card, channel, mcc } = of;
    let mut fields =
        all(&[("payment", &payment), ("payee", &payee), ("payee_id", &payee_id), ("channel", &channel.name())]);
    fields.extend(card.map(|card| field("card", &card)));
    fields.extend(mcc.map(|code| field("mcc", &format_args!("{code:04}"))));
    fields
}

/// `None`: the limit goes.
fn max_field(max: Option<u64>) -> Field {
    max.map_or_else(|| field("max", &"none"), |max| field("max", &max))
}

fn field(name: &'static str, value: &dyn Display) -> Field {
    (name, value.to_string())
}

/// Takes trait objects: with type parameters it would be compiled once for each combination of types.
fn all(fields: &[(&'static str, &dyn Display)]) -> Vec<Field> {
    fields.iter().map(|(name, value)| field(name, *value)).collect()
}

#[cfg(test)]
mod tests;
