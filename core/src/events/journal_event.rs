//! The content of journal lines, and the kind of each.

mod fields;

use super::Kind;
use crate::money::Currency;
use crate::request::{BiometricDenial, Channel, Payment, PromptEnd, PromptPurpose, SecurityLevel};

/// The content of a new journal line. The fields of each kind are named in `fields.rs` and nowhere else; no field is ever
/// a secret.
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
}

impl LockedBy {
    fn name(self) -> &'static str {
        match self {
            Self::TooManyAttempts => "too many attempts",
            Self::UntilRestart => "until restart",
        }
    }
}

#[cfg(test)]
mod tests;
