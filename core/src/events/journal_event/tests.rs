use super::*;
use crate::money::Money;
use crate::request::Payee;

/// Exports that people keep as evidence contain these names.
#[test]
fn the_fields_of_every_kind_are_frozen() {
    let currency = Currency::new("EUR").expect("a currency");
    let amount = Money::new(950, currency).expect("an amount");
    let paying = PromptPurpose::Pay { amount, payee: "Bakery".to_owned() };
    let payment = Payment::new("order-7", amount, Payee { name: "Bakery".to_owned(), id: "m-1".to_owned() });
    let of = PaymentParties {
        payment: "order-7",
        payee: "Bakery",
        payee_id: "m-1",
        card: Some("c-1"),
        channel: Channel::InStore,
        mcc: Some(5_462),
    };
    let with_category = Payment { mcc: Some(742), ..payment.clone() };
    let strongbox = SecurityLevel::Strongbox;
    let fields: [(JournalEvent<'_>, &[(&str, &str)]); 87] = [
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
        (JournalEvent::BiometricsAsked { purpose: &PromptPurpose::Unlock }, &[("for", "unlocking")]),
        (
            JournalEvent::BiometricsRight { purpose: &paying },
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
        (JournalEvent::ChannelPending { channel: "sms", wait_h: 24 }, &[("channel", "sms"), ("wait_h", "24")]),
        (JournalEvent::ChannelSet { channel: "sms" }, &[("channel", "sms")]),
        (JournalEvent::ChannelLeaves { channel: "sms", wait_h: 24 }, &[("channel", "sms"), ("wait_h", "24")]),
        (JournalEvent::ChannelRemoved { channel: "sms" }, &[("channel", "sms")]),
        (JournalEvent::ChannelCancelled { channel: "sms" }, &[("channel", "sms")]),
        (JournalEvent::CodeAsked { channel: "sms" }, &[("channel", "sms")]),
        (JournalEvent::CodeTyped { channel: "sms", purpose: "prove" }, &[("channel", "sms"), ("purpose", "prove")]),
        (JournalEvent::Proven { proof: "sms here" }, &[("proof", "sms here")]),
        (JournalEvent::RecoveryWaits { wait_h: 24 }, &[("wait_h", "24")]),
        (JournalEvent::RecoveryCancelled { by: "PIN" }, &[("by", "PIN")]),
        (
            JournalEvent::SecondFactorPending { change: "removal", wait_h: 24 },
            &[("change", "removal"), ("wait_h", "24")],
        ),
        (JournalEvent::SecondFactorCancelled, &[]),
        (JournalEvent::SecondFactorOn { factor: "sms" }, &[("factor", "sms")]),
        (JournalEvent::SecondFactorOff, &[]),
        (JournalEvent::SecondFactorTried { purpose: "prove" }, &[("purpose", "prove")]),
        (JournalEvent::SecondFactorRight, &[]),
        (JournalEvent::PasswordSet, &[]),
        (JournalEvent::ChannelChangePaused { channel: "sms", wait_h: 24 }, &[("channel", "sms"), ("wait_h", "24")]),
        (
            JournalEvent::PaymentReserved {
                payment: &payment,
                counted_minor: 980,
                currency,
                proof: "PIN",
                seq: 7,
                window: 3,
                risk: Some("night"),
            },
            &[
                ("payment", "order-7"),
                ("payee", "Bakery"),
                ("payee_id", "m-1"),
                ("channel", "online"),
                ("amount_minor", "950"),
                ("currency", "EUR"),
                ("counted_minor", "980"),
                ("counted_currency", "EUR"),
                ("proof", "PIN"),
                ("seq", "7"),
                ("window", "3"),
                ("risk", "night"),
            ],
        ),
        (
            JournalEvent::PaymentApproved {
                payment: &with_category,
                counted_minor: 980,
                currency,
                seq: 7,
                utc_offset_s: -3_600,
                token: "e.f.g",
            },
            &[
                ("payment", "order-7"),
                ("payee", "Bakery"),
                ("payee_id", "m-1"),
                ("channel", "online"),
                ("mcc", "0742"),
                ("amount_minor", "950"),
                ("currency", "EUR"),
                ("counted_minor", "980"),
                ("counted_currency", "EUR"),
                ("seq", "7"),
                ("utc_offset_s", "-3600"),
                ("token", "e.f.g"),
            ],
        ),
        (JournalEvent::PaymentReleased { payment: "order-7", seq: 7 }, &[("payment", "order-7"), ("seq", "7")]),
        (
            JournalEvent::PaymentRefused { payment: &payment, because: "limit" },
            &[
                ("payment", "order-7"),
                ("payee", "Bakery"),
                ("payee_id", "m-1"),
                ("channel", "online"),
                ("amount_minor", "950"),
                ("currency", "EUR"),
                ("because", "limit"),
            ],
        ),
        (
            JournalEvent::PaymentCaptured { of, minor: 900, currency, by: "app", receipt: None },
            &[
                ("payment", "order-7"),
                ("payee", "Bakery"),
                ("payee_id", "m-1"),
                ("channel", "in_store"),
                ("card", "c-1"),
                ("mcc", "5462"),
                ("captured_minor", "900"),
                ("counted_currency", "EUR"),
                ("by", "app"),
            ],
        ),
        (
            JournalEvent::PaymentDeclined { of, by: "provider", receipt: Some("e.f.g") },
            &[
                ("payment", "order-7"),
                ("payee", "Bakery"),
                ("payee_id", "m-1"),
                ("channel", "in_store"),
                ("card", "c-1"),
                ("mcc", "5462"),
                ("by", "provider"),
                ("receipt", "e.f.g"),
            ],
        ),
        (JournalEvent::LimitSet { limit: "all EUR day", max: 5 }, &[("limit", "all EUR day"), ("max", "5")]),
        (
            JournalEvent::LimitPending { limit: "all EUR day", max: None, wait_h: 24 },
            &[("limit", "all EUR day"), ("max", "none"), ("wait_h", "24")],
        ),
        (JournalEvent::LimitCancelled { limit: "all EUR day" }, &[("limit", "all EUR day")]),
        (JournalEvent::LimitRaised { limit: "all EUR day", max: Some(5) }, &[("limit", "all EUR day"), ("max", "5")]),
        (JournalEvent::ChannelFrozen { channel: "online" }, &[("channel", "online")]),
        (JournalEvent::PanicFrozen { wait_h: 24 }, &[("wait_h", "24")]),
        (JournalEvent::CardAdded { card: "c-1", label: "Blue" }, &[("card", "c-1"), ("label", "Blue")]),
        (JournalEvent::CardFrozen { card: "c-1" }, &[("card", "c-1")]),
        (JournalEvent::CardUnfrozen { card: "c-1" }, &[("card", "c-1")]),
        (JournalEvent::CardRemoved { card: "c-1", wait_h: 168 }, &[("card", "c-1"), ("wait_h", "168")]),
        (JournalEvent::CardRestored { card: "c-1" }, &[("card", "c-1")]),
        (JournalEvent::CardDestroyed { card: "c-1" }, &[("card", "c-1")]),
        (JournalEvent::LinesDeleted { up_to: 7, link: "ab" }, &[("up_to", "7"), ("link", "ab")]),
        (
            JournalEvent::DisputeOpened { dispute: 2, payment: "order-7", reason: "not mine" },
            &[("dispute", "2"), ("payment", "order-7"), ("reason", "not mine")],
        ),
        (JournalEvent::DisputeReported { dispute: 2, to: "bank" }, &[("dispute", "2"), ("to", "bank")]),
        (JournalEvent::DisputeClosed { dispute: 2, how: "refunded" }, &[("dispute", "2"), ("how", "refunded")]),
    ];
    for ((event, expected), kind) in fields.into_iter().zip(Kind::ALL) {
        assert_eq!(event.kind(), kind);
        let fields = event.fields();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(fields, expected, "{kind:?}");
    }
}
