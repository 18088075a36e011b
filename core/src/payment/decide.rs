//! Whether a payment is allowed, and what has to be proven for it: a pure function of limits, totals, what was asked
//! and what was proven.

use super::totals::{Counted, Exceeded, Moment, Totals};
use crate::policy::{Limit, Measure, Period};
use crate::request::ProofLevel;

/// What is judged.
pub(crate) struct Question<'a> {
    /// All limits: those of the policy, and then those of the owner.
    pub(crate) limits: &'a [Limit],
    /// How many of them are the policy's. Only these allow anything.
    pub(crate) of_policy: usize,
    pub(crate) totals: &'a Totals,
    /// The payment as it would be counted. Its level says what was proven.
    pub(crate) counted: &'a Counted,
    pub(crate) moment: Moment,
    /// A session is open, so a payment may need no proof.
    pub(crate) in_session: bool,
    /// The weakest proof that the risk rules allow.
    pub(crate) least: ProofLevel,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// What was proven is enough.
    Approved,
    /// This proof, or a stronger one, is enough. The limits that what was proven does not pass.
    NeedsProof { least: ProofLevel, because: Vec<Exceeded> },
    /// No proof is enough: all limits that fail.
    OverLimit(Vec<Exceeded>),
    /// No limit of the policy that nothing passes is about such a payment in this currency, so nothing would bound it.
    CurrencyNotAllowed,
}

impl Question<'_> {
    pub(crate) fn decide(&self) -> Decision {
        let Self { limits, counted, .. } = self;
        let bounds = |limit: &Limit| limit.proof.is_none() && !limit.at_night && self.is_about(limit);
        if !limits.iter().take(self.of_policy).any(bounds) {
            return Decision::CurrencyNotAllowed;
        }
        let strongest = self.exceeded(ProofLevel::PinAndCode);
        if !strongest.is_empty() {
            return Decision::OverLimit(strongest);
        }
        let exempt = self.in_session && limits.iter().take(self.of_policy).any(|limit| self.exempts(limit));
        let is_enough = |level: ProofLevel| {
            level >= self.least && (level > ProofLevel::Nothing || exempt) && self.exceeded(level).is_empty()
        };
        if is_enough(counted.level) {
            return Decision::Approved;
        }
        let least = ProofLevel::ALL.into_iter().find(|level| is_enough(*level)).unwrap_or(ProofLevel::PinAndCode);
        Decision::NeedsProof { least, because: self.exceeded(counted.level) }
    }

    /// The limits that the payment would exceed with this proof.
    pub(crate) fn exceeded(&self, level: ProofLevel) -> Vec<Exceeded> {
        let counted = Counted { level, ..self.counted.clone() };
        self.totals.exceeded(self.limits.iter(), &counted, self.moment)
    }

    /// Whether this limit allows payments like this one without proof. Only a limit on each payment, by day and by night,
    /// does: another one would leave a single payment unbounded.
    fn exempts(&self, limit: &Limit) -> bool {
        limit.proof == Some(ProofLevel::Nothing)
            && (limit.per, limit.of) == (Period::Payment, Measure::Amount)
            && !limit.at_night
            && self.is_about(limit)
    }

    fn is_about(&self, limit: &Limit) -> bool {
        let Counted { channel, card, currency, .. } = self.counted;
        limit.currency == *currency && limit.scope.includes(*channel, card.as_deref())
    }
}
