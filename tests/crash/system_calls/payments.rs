//! What a payment may leave, and what a limit and a freeze may.

use crate::life::NO_REQUEST;
use crate::paying::{DAY, MINOR};
use crate::scenario::Step;
use crate::world::{Rules, STORAGE_FAILED, State, Wallet, World, settled_so};

/// What an owner could say of payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Till {
    pub(crate) paid: Paid,
    /// The owner's limit on a single payment, in minor units.
    pub(crate) once: Option<u64>,
    pub(crate) is_frozen: bool,
    /// What was paid today is not known any more, so the day counts as used up.
    pub(crate) is_used_up: bool,
    /// Journal lines about all this.
    pub(crate) lines: u32,
}

/// What became of the payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Paid {
    /// It was not asked for, or its PIN was wrong.
    #[default]
    Nothing,
    /// It is set aside. Whether its PIN was right does not matter: a process that ended may have handed it out.
    Reserved,
    /// So many minor units were charged.
    Captured(u64),
}

impl Till {
    /// After a rescue without the record.
    pub(crate) fn used_up() -> Self {
        Self { is_used_up: true, ..Self::default() }
    }

    /// What is left of the day's limit.
    pub(crate) fn left(self) -> u64 {
        match self.paid {
            _ if self.is_used_up => 0,
            Paid::Nothing => DAY,
            Paid::Reserved => DAY - MINOR,
            Paid::Captured(minor) => DAY - minor,
        }
    }

    fn noted(self) -> Self {
        Self { lines: self.lines + 1, ..self }
    }
}

impl Rules<'_> {
    /// A payment and the PIN for it: what it costs is set aside together with the charge of the try, before the device
    /// key is asked. A right PIN keeps it; a wrong one releases it. What was set aside before stays as it is.
    pub(crate) fn paid(&self, state: &State, wallet: &Wallet, pin: &'static str) -> Vec<State> {
        let with = |world: World, till: Till| match world {
            World::Enrolled(wallet) => World::Enrolled(Wallet { till, ..wallet }),
            other => other,
        };
        let is_new = wallet.till.paid == Paid::Nothing;
        let tried = self.tried(wallet, pin).map(|(charged, settled)| {
            if !is_new {
                return (charged, settled);
            }
            let reserved = Till { paid: Paid::Reserved, ..wallet.till }.noted();
            let end = if pin == wallet.pin { Paid::Reserved } else { Paid::Nothing };
            (with(charged, reserved), with(settled, Till { paid: end, ..reserved }.noted()))
        });
        if self.told() == Some(STORAGE_FAILED) && self.seen.asked > 0 && self.leaves_doubt {
            // The PIN was right, and the storage failed before the payment was signed: its slot could not be renewed.
            // Asked for again, the same payment is signed.
            return tried.map(|(charged, settled)| settled_so(&charged, settled)).into_iter().collect();
        }
        self.verified_so(state, wallet, (pin, "approved"), tried)
    }

    pub(crate) fn at_the_till(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let till = wallet.till;
        let written = |till: Till, told: &str| self.written(state, Wallet { till: till.noted(), ..*wallet }, told);
        match *self.step {
            Step::Settle(_) if self.told() == Some(NO_REQUEST) => vec![state.clone()],
            Step::Settle(minor) if till.paid == Paid::Captured(minor) => self.unchanged(state, &["PaymentSettled"]),
            Step::Settle(minor) if till.paid == Paid::Reserved => {
                written(Till { paid: Paid::Captured(minor), ..till }, "PaymentSettled")
            }
            Step::Capture(minor) => {
                let told = format!("captured {minor}");
                match till.paid {
                    Paid::Nothing => self.unchanged(state, &["unknown"]),
                    Paid::Captured(_) => self.unchanged(state, &[&told]),
                    Paid::Reserved => written(Till { paid: Paid::Captured(minor), ..till }, &told),
                }
            }
            Step::Lower(max) => written(Till { once: Some(max), ..till }, "set"),
            Step::Freeze => written(Till { is_frozen: true, ..till }, "frozen"),
            _ => Vec::new(),
        }
    }
}
