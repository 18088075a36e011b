//! The wipe PIN. Only a session is told whether one is set.

use walletlock_core::LockError;
use walletlock_core::events::Kind;

use super::calls::{PLATFORM, TRY_AGAIN};
use super::{Admission, Caller, Model, PinNumber, PinVerified, Wallet};
use crate::outcome::Outcome;
use crate::steps::PINS;

/// What a try is compared with. It gets a new number each time a wipe PIN is set or cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WipeCheck {
    pub(super) number: u64,
    /// `None` if no PIN wipes.
    pub(super) pin: Option<PinNumber>,
}

impl Caller {
    /// `wipe` is the PIN that was typed as the wipe PIN, or `None` to clear it.
    pub(crate) async fn set_wipe_pin(
        self,
        session: u64,
        current: Option<PinNumber>,
        wipe: Option<Option<PinNumber>>,
    ) -> Outcome {
        if let Err(over) = self.look_into(session).await {
            return over;
        }
        let wipe = match wipe {
            Some(None) => return Outcome::Forbidden,
            wipe => wipe.flatten(),
        };
        let verified = match self.prove(current).await {
            Ok(verified) => verified,
            Err(refusal) => return refusal,
        };
        if wipe.is_some_and(|wipe| is_slip(wipe, verified.slot.pin)) {
            self.model().remark("a wipe PIN that is a slip of the PIN");
            return Outcome::Forbidden;
        }
        {
            let model = self.model();
            if let Some(none) = model.without_wallet() {
                return none;
            }
            if !model.wallet().is_some_and(|wallet| wallet.is_proven(&verified)) {
                return TRY_AGAIN;
            }
        }
        if !self.entropy().await {
            return PLATFORM;
        }
        let replaced = self.commit_irrevocably_without_a_line(|model| model.replace_wipe_check(&verified, wipe)).await;
        self.model().process.wrong.clear();
        replaced.map_or_else(|refusal| refusal, |(biometrics_on, _)| Outcome::Changed { biometrics_on })
    }

    pub(crate) async fn has_wipe_pin(self, session: u64) -> Outcome {
        match self.look_into(session).await {
            Ok(_) if !self.is_by_pin(session) => Outcome::Error(LockError::PinNeeded),
            Ok(_) => self.model().in_wallet(|wallet| Outcome::Is(wallet.wipe_check.pin.is_some())),
            Err(over) => over,
        }
    }

    /// After a wipe PIN was cleared, the cost of the slot is measured again, and the next right PIN writes down that
    /// this was done.
    pub(super) async fn bring_up_to_date(&self, admission: &Admission) {
        if !std::mem::take(&mut self.model().process.kdf_cost_measured) || !self.entropy().await {
            return;
        }
        let written = self.commit_irrevocably_without_a_line(|model| {
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            let is_unchanged =
                |wallet: &&mut Wallet| (wallet.slot, wallet.wipe_check) == (Some(admission.slot), admission.wipe_check);
            let wallet =
                model.wallet_mut().filter(is_unchanged).filter(|wallet| wallet.is_measured_again).ok_or(TRY_AGAIN)?;
            wallet.is_measured_again = false;
            Ok(((), vec![]))
        });
        let _at_the_next_right_pin = written.await;
    }
}

/// Whether the two PINs are equal, or one slip of a finger (one digit, or two neighbours swapped) turns one into the
/// other. Both have the same length.
fn is_slip(wipe: PinNumber, pin: PinNumber) -> bool {
    let (wipe, pin) = (PINS[wipe].as_bytes(), PINS[pin].as_bytes());
    let changed = (0..pin.len()).any(|place| {
        let mut changed = pin.to_vec();
        changed[place] = wipe[place];
        changed == wipe
    });
    let swapped = (1..pin.len()).any(|place| {
        let mut swapped = pin.to_vec();
        swapped.swap(place - 1, place);
        swapped == wipe
    });
    changed || swapped
}

impl Model {
    fn replace_wipe_check(
        &mut self,
        verified: &PinVerified,
        pin: Option<PinNumber>,
    ) -> Result<(bool, Vec<(u64, Kind)>), Outcome> {
        if let Some(none) = self.without_wallet() {
            return Err(none);
        }
        let number = self.next_number();
        let wallet = self.wallet_mut().filter(|wallet| wallet.is_proven(verified)).ok_or(TRY_AGAIN)?;
        wallet.is_measured_again |= pin.is_none() && wallet.wipe_check.pin.is_some();
        wallet.wipe_check = WipeCheck { number, pin };
        let biometrics_on = wallet.biometrics.slot.is_some();
        self.remark(if pin.is_some() { "a wipe PIN set" } else { "a wipe PIN cleared" });
        Ok((biometrics_on, vec![]))
    }
}

impl Wallet {
    fn is_proven(&self, verified: &PinVerified) -> bool {
        self.number == verified.wallet && self.slot == Some(verified.slot)
    }
}
