//! Payments. There are few functions and few types: each takes several hundred bytes of the library.

use walletlock_core as core;
use walletlock_core::Frozen;
use walletlock_core::money::{self, Currency};
use walletlock_core::payment::{self, Cell, Language};
use walletlock_core::request::{self, AmountKind, Payee, ProofLevel};

use crate::biometric::BiometricRefusal;
use crate::cards::CardState;
use crate::error::{LockError, invalid};
use crate::limits::Limit;
use crate::outcomes::Refusal;
use crate::pin_entry::PinEntry;
use crate::proving::FactorOutcome;
use crate::session::Session;
use crate::types::{LockStatus, prompt_id, signed};
use crate::wallet_lock::WalletLock;

/// Kotlin has a `Channel` already: one to which codes are sent.
pub type PaymentChannel = request::Channel;

#[uniffi::remote(Enum)]
pub enum PaymentChannel {
    InStore,
    Online,
    CodeShown,
    CodeScanned,
    Transfer,
}

#[uniffi::remote(Enum)]
pub enum ProofLevel {
    Nothing,
    Biometrics,
    Pin,
    PinAndBiometrics,
    PinAndCode,
}

#[uniffi::remote(Record)]
pub struct Frozen {
    pub by_owner: bool,
    pub by_provider: bool,
    pub in_panic: bool,
    pub channel: bool,
}

#[derive(uniffi::Record)]
pub struct Money {
    pub minor: i64,
    pub currency: String,
}

/// A payment that is asked for, and its circumstances. `language` is a tag of BCP 47.
#[derive(uniffi::Record)]
pub struct Payment {
    pub id: String,
    pub amount: Money,
    pub is_up_to: bool,
    pub fee_max_minor: i64,
    pub payee: String,
    pub payee_id: String,
    pub card: Option<CardRef>,
    pub channel: PaymentChannel,
    pub mcc: Option<i32>,
    pub billing: Option<Money>,
    pub nonce: Option<String>,
    pub language: String,
    pub place: Option<Place>,
    pub flags: Vec<String>,
}

#[derive(uniffi::Record)]
pub struct CardRef {
    pub id: String,
    pub label: String,
    pub last4: String,
}

/// Tenths of a degree.
#[derive(uniffi::Record)]
pub struct Place {
    pub latitude: i32,
    pub longitude: i32,
}

#[derive(uniffi::Enum)]
pub enum PaymentOutcome {
    Approved { payment: String, by_phone: Option<String>, by_owner: String, lines: Vec<String>, expires_s: i64 },
    NeedsProof { request: NeedsProof },
    Refused { reasons: Vec<PaymentRefusal> },
    PinRefused { refusal: Refusal },
    BiometricsRefused { refusal: BiometricRefusal },
    CodeRefused { outcome: FactorOutcome },
    Expired,
}

#[derive(uniffi::Record)]
pub struct NeedsProof {
    pub handle: i64,
    pub any_of: Vec<ProofLevel>,
    pub has_biometrics: bool,
    pub has_code: bool,
    pub why: Vec<Why>,
    pub lines: Vec<String>,
}

/// A limit in words, or the name of a risk rule.
#[derive(uniffi::Enum)]
pub enum Why {
    Limit { line: String },
    Risk { rule: String },
}

#[derive(uniffi::Enum)]
pub enum PaymentRefusal {
    Locked { status: LockStatus },
    Frozen { frozen: Frozen },
    CardStopped { state: CardState },
    NotRegistered { left_ms: Option<i64> },
    CurrencyNotAllowed,
    OverLimit { limit: Limit, left: i64, reopens_in_ms: Option<i64> },
    Risk { rule: String, for_ms: Option<i64> },
    TooManyOpen,
    Conflict,
    Ended { state: PaymentState },
}

#[derive(uniffi::Enum)]
pub enum PaymentState {
    Reserved,
    Presumed,
    Captured { minor: i64 },
    Declined,
}

#[derive(uniffi::Record)]
pub struct PaymentsState {
    pub frozen: Frozen,
    pub frozen_channels: Vec<PaymentChannel>,
    pub panic_left_ms: Option<i64>,
    pub next_day_ms: i64,
    pub behind_ms: i64,
}

#[derive(uniffi::Enum)]
pub enum Unfreezing {
    Done,
    NothingFrozen,
    Waits { left_ms: i64 },
}

#[uniffi::export]
impl WalletLock {
    pub fn authorize(&self, payment: Payment) -> Result<PaymentOutcome, LockError> {
        let (payment, context) = payment.into_core()?;
        Ok(self.core()?.payments().authorize(&payment, &context)?.into())
    }

    /// Confirms a payment with the PIN; or with a code of the authenticator, which the PIN has to follow.
    pub fn confirm_payment(&self, handle: i64, entry: &PinEntry, is_code: bool) -> Result<PaymentOutcome, LockError> {
        let payments = self.core()?.payments();
        let handle = payment_handle(handle);
        Ok(if is_code {
            payments.confirm_code(handle, &entry.0)?.into()
        } else {
            payments.confirm_pin(handle, &entry.0)?.into()
        })
    }

    /// Shows a prompt with the payment, and blocks the calling thread until there is an answer.
    pub fn confirm_payment_by_biometrics(&self, handle: i64, prompt: i64) -> Result<PaymentOutcome, LockError> {
        Ok(self.core()?.payments().confirm_biometrics(payment_handle(handle), prompt_id(prompt))?.into())
    }

    pub fn cancel_payment(&self, handle: i64) -> Result<bool, LockError> {
        Ok(self.core()?.payments().cancel(payment_handle(handle)))
    }

    /// What became of a payment. With `captured_minor`: notes before that so much was charged.
    pub fn payment_state(&self, id: &str, captured_minor: Option<i64>) -> Result<Option<PaymentState>, LockError> {
        let payments = self.core()?.payments();
        let state = match captured_minor {
            Some(minor) => payments.captured(id, minor_units(minor, "captured amount")?)?,
            None => payments.state_of(id)?,
        };
        Ok(state.map(Into::into))
    }

    pub fn payments_state(&self) -> Result<PaymentsState, LockError> {
        Ok(self.core()?.payments().state()?.into())
    }

    /// Stops all payments, or those through one channel, or those with one card. False: there is no such card, or they are
    /// stopped.
    pub fn freeze_payments(&self, channel: Option<PaymentChannel>, card: Option<String>) -> Result<bool, LockError> {
        let payments = self.core()?.payments();
        Ok(match card {
            Some(card) => payments.freeze_card(&card)?,
            None => payments.freeze(channel).map(|()| true)?,
        })
    }

    /// Null: everything is stopped.
    pub fn panic_freeze(&self, entry: &PinEntry) -> Result<Option<Refusal>, LockError> {
        Ok(match self.core()?.payments().panic_freeze(&entry.0)? {
            core::PanicOutcome::Frozen => None,
            core::PanicOutcome::Refused(refusal) => Some(refusal.into()),
        })
    }
}

#[uniffi::export]
impl Session {
    pub fn authorize(&self, payment: Payment) -> Result<PaymentOutcome, LockError> {
        let (payment, context) = payment.into_core()?;
        Ok(self.core()?.payments().authorize(&payment, &context)?.into())
    }

    pub fn panic_freeze(&self) -> Result<(), LockError> {
        Ok(self.core()?.payments().panic_freeze()?)
    }
}

fn payment_handle(handle: i64) -> core::PaymentHandle {
    core::PaymentHandle(handle.cast_unsigned())
}

/// An amount from its signed form. `what` names the field if it is negative.
pub(crate) fn minor_units(minor: i64, what: &'static str) -> Result<u64, LockError> {
    u64::try_from(minor).map_err(|_| invalid(what))
}

impl Payment {
    fn into_core(self) -> Result<(request::Payment, core::PaymentContext), LockError> {
        let payment = request::Payment {
            amount: self.amount.into_core("amount")?,
            kind: if self.is_up_to { AmountKind::UpTo } else { AmountKind::Exact },
            fee_max_minor: minor_units(self.fee_max_minor, "fee")?,
            payee: Payee { name: self.payee, id: self.payee_id },
            card: self.card.map(|CardRef { id, label, last4 }| request::CardRef { id, label, last4 }),
            channel: self.channel,
            mcc: self.mcc.map(u16::try_from).transpose().map_err(|_| invalid("merchant category"))?,
            billing: self.billing.map(|billing| billing.into_core("billing amount")).transpose()?,
            nonce: self.nonce,
            id: self.id,
        };
        let place = self.place.map(Place::into_core).transpose()?;
        Ok((payment, core::PaymentContext { language: Language::of(&self.language), place, flags: self.flags }))
    }
}

impl Place {
    fn into_core(self) -> Result<Cell, LockError> {
        match (self.latitude.try_into(), self.longitude.try_into()) {
            (Ok(latitude), Ok(longitude)) => Ok(Cell { latitude, longitude }),
            _ => Err(invalid("payment context")),
        }
    }
}

impl Money {
    fn into_core(self, what: &'static str) -> Result<money::Money, LockError> {
        let currency = Currency::new(&self.currency).map_err(|_| invalid("currency"))?;
        money::Money::new(minor_units(self.minor, what)?, currency).map_err(|_| invalid(what))
    }
}

impl From<money::Money> for Money {
    fn from(amount: money::Money) -> Self {
        Self { minor: signed(amount.minor()), currency: amount.currency().to_string() }
    }
}

impl From<core::PaymentOutcome> for PaymentOutcome {
    fn from(outcome: core::PaymentOutcome) -> Self {
        match outcome {
            core::PaymentOutcome::Approved(payment::Authorisation {
                payment,
                by_phone,
                by_owner,
                lines,
                expires_s,
            }) => Self::Approved { payment, by_phone, by_owner, lines, expires_s },
            core::PaymentOutcome::NeedsProof(request) => Self::NeedsProof { request: request.into() },
            core::PaymentOutcome::Refused(reasons) => {
                Self::Refused { reasons: reasons.into_iter().map(Into::into).collect() }
            }
            core::PaymentOutcome::PinRefused(refusal) => Self::PinRefused { refusal: refusal.into() },
            core::PaymentOutcome::BiometricsRefused(refusal) => Self::BiometricsRefused { refusal: refusal.into() },
            core::PaymentOutcome::CodeRefused(outcome) => Self::CodeRefused { outcome: outcome.into() },
            core::PaymentOutcome::Expired => Self::Expired,
        }
    }
}

impl From<core::NeedsProof> for NeedsProof {
    fn from(request: core::NeedsProof) -> Self {
        let core::NeedsProof { handle, any_of, has_biometrics, has_code, why, lines } = request;
        let why = why.into_iter().map(|why| match why {
            core::Why::Limit(line) => Why::Limit { line },
            core::Why::Risk(risk) => Why::Risk { rule: risk.rule.name() },
        });
        Self { handle: handle.0.cast_signed(), any_of, has_biometrics, has_code, why: why.collect(), lines }
    }
}

impl From<core::PaymentRefusal> for PaymentRefusal {
    fn from(refusal: core::PaymentRefusal) -> Self {
        match refusal {
            core::PaymentRefusal::Locked(status) => Self::Locked { status: status.into() },
            core::PaymentRefusal::Frozen(frozen) => Self::Frozen { frozen },
            core::PaymentRefusal::CardStopped(state) => Self::CardStopped { state: state.into() },
            core::PaymentRefusal::NotRegistered { left_ms } => Self::NotRegistered { left_ms: left_ms.map(signed) },
            core::PaymentRefusal::CurrencyNotAllowed => Self::CurrencyNotAllowed,
            core::PaymentRefusal::OverLimit { limit, left, reopens_in_ms } => {
                Self::OverLimit { limit: limit.into(), left: signed(left), reopens_in_ms: reopens_in_ms.map(signed) }
            }
            core::PaymentRefusal::Risk { rule, for_ms } => Self::Risk { rule: rule.name(), for_ms: for_ms.map(signed) },
            core::PaymentRefusal::TooManyOpen => Self::TooManyOpen,
            core::PaymentRefusal::Conflict => Self::Conflict,
            core::PaymentRefusal::Ended(state) => Self::Ended { state: state.into() },
        }
    }
}

impl From<payment::PaymentState> for PaymentState {
    fn from(state: payment::PaymentState) -> Self {
        match state {
            payment::PaymentState::Reserved => Self::Reserved,
            payment::PaymentState::Presumed => Self::Presumed,
            payment::PaymentState::Captured { minor } => Self::Captured { minor: signed(minor) },
            payment::PaymentState::Declined => Self::Declined,
        }
    }
}

impl From<core::PaymentsState> for PaymentsState {
    fn from(state: core::PaymentsState) -> Self {
        Self {
            frozen: state.frozen,
            frozen_channels: state.frozen_channels,
            panic_left_ms: state.panic_left_ms.map(signed),
            next_day_ms: signed(state.next_day_ms),
            behind_ms: signed(state.behind_ms),
        }
    }
}

impl From<core::Unfreezing> for Unfreezing {
    fn from(unfreezing: core::Unfreezing) -> Self {
        match unfreezing {
            core::Unfreezing::Done => Self::Done,
            core::Unfreezing::NothingFrozen => Self::NothingFrozen,
            core::Unfreezing::Waits { left_ms } => Self::Waits { left_ms: signed(left_ms) },
        }
    }
}
