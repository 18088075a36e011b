//! The numbers that stand for variants in the record. If one of these fails, old records are read as something else: a
//! new variant goes to the end, or makes a new format.

use crate::binary::tests::are_numbered_from_0;
use crate::locks::{LockReason, SetBy};
use crate::payment::Language;
use crate::policy::{KeyId, RollbackProtection};
use crate::proof::{ChannelKind, ProofMethod};
use crate::provider::{Asked, ProofPurpose, WordDone};
use crate::recovery::{Change, CodeKey, Factor, Task};
use crate::request::{BiometricDenial, Channel, ProofLevel};

use super::Life;

#[test]
fn variants_of_the_wallet_and_its_locks_keep_their_numbers() {
    are_numbered_from_0(&[Life::Alive, Life::Wiped]);
    are_numbered_from_0(&[RollbackProtection::On, RollbackProtection::Off]);
    are_numbered_from_0(&[
        LockReason::DataDamaged,
        LockReason::LostOrStolen,
        LockReason::ProviderOrder,
        LockReason::TooManyAttempts,
        LockReason::LockedByOwner,
        LockReason::UnusualActivity,
        LockReason::HeartbeatExpired,
        LockReason::UntilRestart,
    ]);
    let kid = KeyId([0; 8]);
    are_numbered_from_0(&[SetBy::Owner, SetBy::Provider { kid, seq: 0 }, SetBy::Missing { kid, seq: 0 }]);
    are_numbered_from_0(&[
        BiometricDenial::Locked,
        BiometricDenial::SwitchedOff,
        BiometricDenial::EnrolmentChanged,
        BiometricDenial::OffAfterFailures,
        BiometricDenial::NotSupported,
        BiometricDenial::NoHardware,
        BiometricDenial::NoneEnrolled,
        BiometricDenial::Busy,
        BiometricDenial::TooManyFailures,
        BiometricDenial::FirstUnlock,
        BiometricDenial::PinTooLongAgo,
        BiometricDenial::TooManyUses,
        BiometricDenial::OverBudget,
        BiometricDenial::RiskRaised,
    ]);
}

#[test]
fn variants_of_the_ways_back_in_keep_their_numbers() {
    are_numbered_from_0(&[
        ProofMethod::Sms,
        ProofMethod::Mail,
        ProofMethod::Link,
        ProofMethod::Authenticator,
        ProofMethod::Code,
        ProofMethod::Device,
        ProofMethod::Person,
    ]);
    are_numbered_from_0(&[ChannelKind::Sms, ChannelKind::Mail, ChannelKind::BackupMail]);
    let key = CodeKey { salt: [0; 16], public_key: [0; 32] };
    are_numbered_from_0(&[Change::SetCode(key), Change::WithdrawCode, Change::EscrowOn, Change::EscrowOff]);
    // The authenticator, number 0, is in the frozen record.
    assert_eq!(crate::binary::to_bytes(&Factor::Sms, 1).expect("bytes").as_slice(), [1]);
    are_numbered_from_0(&[
        Task::RegisterPhone,
        Task::SecondFactor,
        Task::Channels,
        Task::ReviewJournal,
        Task::Biometrics,
        Task::Sheet,
        Task::ChangePin,
        Task::Report,
    ]);
}

#[test]
fn variants_of_the_providers_words_keep_their_numbers() {
    let purposes = [
        ProofPurpose::Recovery,
        ProofPurpose::Cancel,
        ProofPurpose::Pause,
        ProofPurpose::Confirm,
        ProofPurpose::SecondFactor,
    ];
    are_numbered_from_0(&purposes);
    let proof = Asked::Proof { purpose: ProofPurpose::Recovery, channel: None, is_first: false, is_typed: false };
    are_numbered_from_0(&[Asked::Register, Asked::Unlock, Asked::Unfreeze, Asked::Heartbeat, proof]);
    are_numbered_from_0(&[
        WordDone::Locked,
        WordDone::Frozen,
        WordDone::Wiped,
        WordDone::KeysChanged,
        WordDone::Registered,
        WordDone::Unlocked,
        WordDone::Unfrozen,
        WordDone::HeartbeatTaken,
        WordDone::OrderWithheld,
        WordDone::Proven,
        WordDone::RecoveryCancelled,
        WordDone::ChannelConfirmed,
        WordDone::ChannelChangePaused,
        WordDone::SecondFactorProven,
        WordDone::PaymentSettled,
    ]);
}

#[test]
fn variants_of_payments_keep_their_numbers() {
    are_numbered_from_0(&[
        Channel::InStore,
        Channel::Online,
        Channel::CodeShown,
        Channel::CodeScanned,
        Channel::Transfer,
    ]);
    are_numbered_from_0(&[
        ProofLevel::Nothing,
        ProofLevel::Biometrics,
        ProofLevel::Pin,
        ProofLevel::PinAndBiometrics,
        ProofLevel::PinAndCode,
    ]);
    are_numbered_from_0(&[Language::English, Language::SimplifiedChinese]);
}
