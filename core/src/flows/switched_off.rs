//! What the owner closed or switched off and may want back, in one list.

use super::in_session::with_key;
use crate::cards::CardState;
use crate::engine::{Engine, SessionId};
use crate::error::LockError;
use crate::events::Kind;
use crate::journal::{Line, SCANNED_LINES};
use crate::locks::SetBy;
use crate::proof::{ChannelId, ChannelKind};
use crate::recovery::{ChannelState, WayBack};
use crate::request::Channel;

/// What was closed or switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// A card was removed: [`CardsHandle::restore`](crate::CardsHandle::restore).
    CardRemoved {
        /// Its id.
        id: String,
        /// Its label.
        label: String,
    },
    /// Payments with a card were stopped: [`CardsHandle::unfreeze`](crate::CardsHandle::unfreeze).
    CardFrozen {
        /// Its id.
        id: String,
        /// Its label.
        label: String,
    },
    /// The owner stopped all payments: [`AccessHandle::unfreeze`](crate::AccessHandle::unfreeze).
    Payments,
    /// Payments through one channel were stopped: [`AccessHandle::unfreeze`](crate::AccessHandle::unfreeze).
    PaymentChannel(Channel),
    /// The removal of a channel for codes waits: cancel it.
    CodeChannel {
        /// Its id.
        id: ChannelId,
        /// Its kind.
        kind: ChannelKind,
        /// The address with most of it hidden.
        mask: String,
    },
    /// Biometrics were switched off: [`AccessHandle::enable_biometrics`](crate::AccessHandle::enable_biometrics).
    Biometrics,
    /// The removal of the second factor waits: cancel it. Or, without a time left, it was removed: set one up.
    SecondFactor,
    /// The withdrawal of the recovery code waits: cancel it.
    RecoveryCode,
    /// Switching escrow off waits: cancel it.
    Escrow,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// What was closed or switched off.
    pub what: Closed,
    /// Milliseconds of time since boot until it cannot be brought back any more. `None`: it always can.
    pub left_ms: Option<u64>,
}

/// The list. Biometrics and the second factor are in it if one of the last [`SCANNED_LINES`] lines of the journal says that
/// they were switched off.
pub(crate) fn switched_off(engine: &Engine, id: SessionId) -> Result<Vec<SwitchedOff>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    with_key(engine, id, |_, view| {
        let record = view.record;
        let mut all = Vec::new();
        let mut push = |what, left_ms| all.push(SwitchedOff { what, left_ms });
        for info in record.cards.all(now, 0) {
            let (id, label) = (info.card.id, info.card.label);
            match info.state {
                CardState::Removed { left_ms } => push(Closed::CardRemoved { id, label }, Some(left_ms)),
                CardState::Frozen => push(Closed::CardFrozen { id, label }, None),
                CardState::Active | CardState::Destroyed => {}
            }
        }
        if record.locks.freezes().contains(&SetBy::Owner) || record.payments.is_in_panic() {
            push(Closed::Payments, None);
        }
        record.payments.frozen_channels().iter().for_each(|channel| push(Closed::PaymentChannel(*channel), None));
        for channel in record.recovery.channels.now(now) {
            let state = channel.state(&record.policy.recovery, now);
            if let ChannelState::InForce { leaves_in_ms: Some(left_ms), .. } = state {
                let (id, kind, mask) = (channel.id, channel.kind, channel.mask.clone());
                push(Closed::CodeChannel { id, kind, mask }, Some(left_ms));
            }
        }
        for (way, what) in [(WayBack::Code, Closed::RecoveryCode), (WayBack::Escrow, Closed::Escrow)] {
            if let Some(change) = record.recovery.pending(way).filter(|pending| pending.change.withdraws()) {
                push(what, Some(change.left_ms(now)));
            }
        }
        let mut last = Last::default();
        view.store.lines_below(u64::MAX, |lines| lines.take(SCANNED_LINES).for_each(|line| last.look(&line)))?;
        if record.biometric.slot().is_none() && last.biometrics == Some(Kind::BiometricsOff) {
            push(Closed::Biometrics, None);
        }
        let factor = &record.recovery.second_factor;
        match factor.pending(now) {
            Some((left_ms, None)) => push(Closed::SecondFactor, Some(left_ms)),
            None if factor.now(now).is_none() && last.second_factor == Some(Kind::SecondFactorOff) => {
                push(Closed::SecondFactor, None);
            }
            _ => {}
        }
        Ok(all)
    })
}

/// The newest lines about what is switched on and off.
#[derive(Default)]
struct Last {
    biometrics: Option<Kind>,
    second_factor: Option<Kind>,
}

impl Last {
    /// Looks at a line. They come newest first.
    fn look(&mut self, line: &Line) {
        let kind = Kind::from_code(line.kind);
        match kind {
            Some(Kind::BiometricsOn | Kind::BiometricsOff) => self.biometrics = self.biometrics.or(kind),
            Some(Kind::SecondFactorOn | Kind::SecondFactorOff) => self.second_factor = self.second_factor.or(kind),
            _ => {}
        }
    }
}
