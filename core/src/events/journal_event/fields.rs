//! What a line of the journal says beside its kind: names and values.

use std::fmt::Display;

use super::{Field, JournalEvent, PaymentParties};
use crate::request::{Payment, PromptPurpose};

impl JournalEvent<'_> {
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
