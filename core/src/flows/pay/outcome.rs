//! How calls about payments end.

use crate::cards::CardState;
use crate::engine::{Engine, PaymentHandle};
use crate::error::LockError;
use crate::flows::outcome::{BiometricRefusal, Refusal};
use crate::flows::status;
use crate::flows::try_authenticator::FactorOutcome;
use crate::payment::{Authorisation, Exceeded, Language, Moment, PaymentState};
use crate::policy::{Limit, Measure, Period};
use crate::record::LockStatus;
use crate::request::ProofLevel;
use crate::risk::{Risk, RiskRule};

/// How asking for a payment, or confirming it, ended.
#[derive(Debug)]
pub enum PaymentOutcome {
    /// The payment is set aside, and may be made with this.
    Approved(Authorisation),
    /// The person has to confirm it.
    NeedsProof(NeedsProof),
    /// It is refused, for all of these reasons.
    Refused(Vec<PaymentRefusal>),
    /// The PIN was not accepted. Unless the wallet is locked now, the payment goes on waiting.
    PinRefused(Refusal),
    /// Nobody was recognised. The payment goes on waiting.
    BiometricsRefused(BiometricRefusal),
    /// The code was not accepted. The payment goes on waiting.
    CodeRefused(FactorOutcome),
    /// No such payment waits: it was approved or cancelled, or it waited for too long.
    Expired,
}

/// What is needed for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedsProof {
    /// The payment that waits, for five minutes.
    pub handle: PaymentHandle,
    /// The proofs of which one is enough, the weakest first. What was proven for it already is taken into account.
    pub any_of: Vec<ProofLevel>,
    /// A finger or face was recognised for it.
    pub has_biometrics: bool,
    /// A code of the second factor was right for it.
    pub has_code: bool,
    /// Why.
    pub why: Vec<Why>,
    /// The lines to be shown, and to be signed. The amount is the first.
    pub lines: Vec<String>,
}

/// Why a proof is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A limit on payments with less proof, in words.
    Limit(String),
    /// Something is out of the ordinary.
    Risk(Risk),
}

/// Why a payment is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentRefusal {
    /// The wallet is locked.
    Locked(LockStatus),
    /// Payments are frozen.
    Frozen(Frozen),
    /// Its card is frozen, removed or destroyed.
    CardStopped(CardState),
    /// The provider has to register this phone first: it never did, or the wallet was recovered or got new keys.
    NotRegistered {
        /// Without a provider: milliseconds until payments are possible again.
        left_ms: Option<u64>,
    },
    /// No limit allows payments in this currency.
    CurrencyNotAllowed,
    /// A limit.
    OverLimit {
        /// The limit.
        limit: Limit,
        /// What is left of it: minor units, or payments.
        left: u64,
        /// Milliseconds of powered-on time until the next day begins, if that helps. `None`: more is left later than
        /// that, or never.
        reopens_in_ms: Option<u64>,
    },
    /// A risk rule.
    Risk {
        /// The rule.
        rule: RiskRule,
        /// For so many milliseconds. `None`: until what the rule is about changes.
        for_ms: Option<u64>,
    },
    /// As many authorisations as may be are out: wait for one to end.
    TooManyOpen,
    /// Another payment has this id.
    Conflict,
    /// The payment with this id ended so.
    Ended(PaymentState),
}

/// What becomes of a refusal beside the answer, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Notice {
    /// Nothing.
    Nothing,
    /// The journal gets a line.
    Written,
    /// Somebody tried to pay what is not allowed: the journal gets a line, and the risk rules count it.
    Counted,
}

/// Who has frozen payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frozen {
    /// The owner.
    pub by_owner: bool,
    /// The provider.
    pub by_provider: bool,
    /// The owner, in a panic.
    pub in_panic: bool,
    /// The owner, for this channel only.
    pub channel: bool,
}

impl Frozen {
    pub(super) fn is_any(self) -> bool {
        self.by_owner || self.by_provider || self.in_panic || self.channel
    }
}

impl PaymentOutcome {
    /// The outcome when the record cannot be read: a damaged or wiped wallet, and one without a PIN, is locked.
    pub(super) fn from_fault(engine: &Engine, fault: LockError) -> Result<Self, LockError> {
        let status = match fault {
            LockError::DataDamaged => status::damaged(engine),
            LockError::WrongState => match status::without_record(engine) {
                LockStatus::Busy | LockStatus::Ready { .. } => return Err(fault),
                status => status,
            },
            fault => return Err(fault),
        };
        Ok(Self::Refused(vec![PaymentRefusal::Locked(status)]))
    }
}

impl PaymentRefusal {
    /// The refusal by a limit.
    pub(super) fn over(exceeded: &Exceeded, minor: u64, moment: Moment) -> Self {
        let Exceeded { limit, left } = exceeded.clone();
        // More than a whole day's limit never fits.
        let fits = limit.of == Measure::Count || minor <= limit.max;
        let reopens_in_ms = (limit.per == Period::Day && fits).then_some(moment.opens_in_ms);
        Self::OverLimit { limit, left, reopens_in_ms }
    }

    /// The name in the journal.
    pub(super) fn name(&self) -> String {
        let name = match self {
            Self::Locked(_) => "locked",
            Self::Frozen(_) => "frozen",
            Self::CardStopped(_) => "card",
            Self::NotRegistered { .. } => "not registered",
            Self::CurrencyNotAllowed => "currency",
            Self::OverLimit { .. } => "limit",
            Self::Risk { rule, .. } => return format!("risk: {}", rule.name()),
            Self::TooManyOpen => "too many open",
            Self::Conflict => "conflict",
            Self::Ended(_) => "ended",
        };
        name.to_owned()
    }

    /// What the journal and the risk rules make of it.
    pub(super) fn notice(&self) -> Notice {
        match self {
            Self::CurrencyNotAllowed | Self::OverLimit { .. } => Notice::Counted,
            // These end by waiting: who tries again meanwhile does not wait for longer.
            Self::Risk { rule: RiskRule::Refusals | RiskRule::RecentChange, .. } => Notice::Written,
            Self::Risk { .. } => Notice::Counted,
            Self::Frozen(_) | Self::CardStopped(_) | Self::NotRegistered { .. } => Notice::Written,
            // Wrong PINs and locks have lines of their own.
            Self::Locked(_) => Notice::Nothing,
            // The app asked twice, or for too much at once.
            Self::TooManyOpen | Self::Conflict | Self::Ended(_) => Notice::Nothing,
        }
    }
}

impl Why {
    /// The line that the person reads.
    pub fn line(&self, language: Language) -> String {
        match self {
            Self::Limit(line) => line.clone(),
            Self::Risk(risk) => risk_line(&risk.rule, language),
        }
    }
}

/// Each rule in a sentence.
fn risk_line(rule: &RiskRule, language: Language) -> String {
    let (english, chinese) = match rule {
        RiskRule::ManyPayments => ("Many payments within 15 minutes", "15 分钟内付款次数较多"),
        RiskRule::ManyPaymentsToday => ("Many payments within 24 hours", "24 小时内付款次数较多"),
        RiskRule::Refusals => ("Several payments were refused within an hour", "一小时内多次付款被拒绝"),
        RiskRule::NewPayee => ("You have not paid this payee before", "您以前未向此收款方付款"),
        RiskRule::UnusualAmount => ("Far more than you usually pay with this card", "金额远高于此卡的平时付款"),
        RiskRule::Night => ("A high amount for the night", "夜间金额较高"),
        RiskRule::NewPlace => ("You have not paid here before", "您以前未在此地付款"),
        RiskRule::TooFast => ("Too far from where you last paid", "距离上次付款地点过远"),
        RiskRule::RecentChange => {
            ("The PIN, the phone or a limit was changed within 24 hours", "PIN、手机或限额在 24 小时内有更改")
        }
        RiskRule::Integrity(_) => ("This phone may not be safe", "此手机可能不安全"),
    };
    match language {
        Language::English => english.to_owned(),
        Language::SimplifiedChinese => chinese.to_owned(),
    }
}
