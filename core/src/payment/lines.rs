//! The lines that a person reads before a payment. The same lines are signed, so they are made here and not by the app.

use serde::{Deserialize, Serialize};

use super::decide::Decision;
use super::totals::Exceeded;
use crate::policy::{Measure, Period};
use crate::request::{AmountKind, Channel, Payment, ProofLevel, Scope};

/// The language of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    SimplifiedChinese,
}

impl Language {
    /// The language for a tag of BCP 47. English, unless it is Chinese.
    pub fn of(tag: &str) -> Self {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        if first.eq_ignore_ascii_case("zh") { Self::SimplifiedChinese } else { Self::English }
    }

    /// The tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::SimplifiedChinese => chinese,
        }
    }
}

/// The lines about the payment, the amount first. Nothing in them is cut.
pub(crate) fn payment_lines(payment: &Payment, language: Language) -> Vec<String> {
    let Payment { amount, kind, fee_max_minor, payee, card, channel, billing, .. } = payment;
    let say = |english, chinese| language.pick(english, chinese);
    let mut lines = vec![match kind {
        AmountKind::Exact => amount.to_text(),
        AmountKind::UpTo => format!("{} {}", say("At most", "最多"), amount.to_text()),
    }];
    lines.push(format!("{} {} ({})", say("To", "收款方"), payee.name, payee.id));
    if let Some(card) = card {
        lines.push(format!("{} {} ••{}", say("With", "使用"), card.label, card.last4));
    }
    lines.push(channel_text(*channel, language).to_owned());
    if let Ok(fee) = crate::money::Money::new(*fee_max_minor, amount.currency())
        && fee.minor() > 0
    {
        lines.push(format!("{} {}", say("Fee: at most", "手续费：最多"), fee.to_text()));
    }
    if let Some(billing) = billing {
        lines.push(format!(
            "{} {}",
            say("Charged to your account, with the fee:", "从账户扣款（含手续费）："),
            billing.to_text()
        ));
    }
    lines
}

/// How a payment is made, for a person.
pub(crate) fn channel_text(channel: Channel, language: Language) -> &'static str {
    match channel {
        Channel::InStore => language.pick("Contactless, at the till", "在收银台非接触支付"),
        Channel::Online => language.pick("Online", "在线支付"),
        Channel::CodeShown => language.pick("By showing a code", "出示付款码"),
        Channel::CodeScanned => language.pick("By scanning a code", "扫描收款码"),
        Channel::Transfer => language.pick("Transfer to an account", "转账"),
    }
}

/// Why a proof is asked for, one line for each limit that the payment would exceed without it.
pub(crate) fn limit_lines(decision: &Decision, language: Language) -> Vec<String> {
    match decision {
        Decision::NeedsProof { because, .. } => because.iter().map(|it| proof_line(it, language)).collect(),
        Decision::Approved | Decision::OverLimit(_) | Decision::CurrencyNotAllowed => Vec::new(),
    }
}

fn proof_line(exceeded: &Exceeded, language: Language) -> String {
    let limit = &exceeded.limit;
    let max = match limit.of {
        Measure::Amount => {
            crate::money::Money::new(limit.max, limit.currency).map(|it| it.to_text()).unwrap_or_default()
        }
        Measure::Count => match language {
            Language::English => format!("{} payments", limit.max),
            Language::SimplifiedChinese => format!("{} 笔付款", limit.max),
        },
    };
    let period = match limit.per {
        Period::Payment => language.pick("at once", "单笔"),
        Period::Day => language.pick("a day", "每天"),
        Period::ThirtyDays => language.pick("in 30 days", "30 天内"),
        Period::Always => language.pick("in all", "累计"),
        Period::SinceProof => language.pick("since you last confirmed a payment", "自上次确认付款以来"),
    };
    let with = match limit.proof {
        _ if limit.per == Period::SinceProof => "",
        Some(ProofLevel::Nothing) => language.pick("without confirming", "无需确认"),
        Some(_) => language.pick("with one proof", "仅一种验证方式"),
        None => "",
    };
    let scope = match &limit.scope {
        Scope::All => String::new(),
        Scope::Remote => language.pick(", online", "，在线").to_owned(),
        Scope::Channel(channel) => format!(", {}", channel_text(*channel, language)),
        Scope::Card(id) => format!(", {id}"),
    };
    match language {
        Language::English => format!("More than {max} {period} {with}").trim_end().to_owned() + &scope,
        Language::SimplifiedChinese => format!("{period}超过 {max} {with}").trim_end().to_owned() + &scope,
    }
}
