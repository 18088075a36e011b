//! What the sealed record keeps of the ways back in, of the second factor, and of what somebody proved.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::channels::Channels;
use super::checklist::Checklist;
use super::code::CodeBytes;
use super::proofs::{Proofs, RecoveryEvent, RecoveryStep};
use super::second_factor::SecondFactor;
use crate::crypto::{Purpose, Random, SlotBytes, derive_key, derive_public_key};
use crate::events::JournalEvent;
use crate::hex;
use crate::policy::EscrowKey;
use crate::time::{Now, Wait};

const SALT_BYTES: usize = 16;

/// The part of the record about the ways back in and the second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Recovery {
    /// The version of the rescue row. Each change of the row raises it; 0: there never was a row.
    version: u64,
    /// The rescue row, byte for byte. `None`: there is neither a recovery code nor escrow.
    row: Option<SlotBytes>,
    /// What the slots of the row are for.
    ways: WaysBack,
    /// Changes that were asked for and still wait: at most one of the code, and one of escrow.
    pending: Vec<PendingChange>,
    /// Where the provider sends codes.
    pub(crate) channels: Channels,
    pub(crate) second_factor: SecondFactor,
    /// What somebody proved who wants to get back in.
    pub(crate) proofs: Proofs,
    /// What is to be tidied up after a recovery.
    pub(crate) checklist: Checklist,
}

/// The ways back in that the slots of the rescue row are for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaysBack {
    /// The recovery code.
    pub(crate) code: Option<CodeKey>,
    /// Escrow, and the key of the provider to which the data key is sealed.
    pub(crate) escrow: Option<EscrowKey>,
}

/// The public key that belongs to a recovery code. A data key that is sealed to it can be opened with the code.
///
/// It stands in the sealed record, so that a new data key can be sealed to the code without the code itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeKey {
    #[serde(with = "hex::array")]
    pub(crate) salt: [u8; SALT_BYTES],
    #[serde(with = "hex::array")]
    pub(crate) public_key: [u8; 32],
}

/// A change that waits, so that the owner can see and cancel it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PendingChange {
    wait: Wait,
    pub(crate) change: Change,
}

/// A change of the ways back in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A recovery code takes the place of the one in force, if there is one.
    SetCode(CodeKey),
    /// The recovery code in force is withdrawn.
    WithdrawCode,
    /// Escrow is switched on.
    EscrowOn,
    /// Escrow is switched off.
    EscrowOff,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WayBack {
    Code,
    Escrow,
}

impl Change {
    /// What it is about.
    pub(crate) fn way(&self) -> WayBack {
        match self {
            Self::SetCode(_) | Self::WithdrawCode => WayBack::Code,
            Self::EscrowOn | Self::EscrowOff => WayBack::Escrow,
        }
    }

    /// Whether it takes a way back away, and sets none in its place.
    pub(crate) fn withdraws(&self) -> bool {
        matches!(self, Self::WithdrawCode | Self::EscrowOff)
    }

    /// Makes the change in `ways`. `escrow_key`: the one that the policy names.
    pub(crate) fn apply(&self, ways: &mut WaysBack, escrow_key: Option<&EscrowKey>) {
        match self {
            Self::SetCode(key) => ways.code = Some(key.clone()),
            Self::WithdrawCode => ways.code = None,
            Self::EscrowOn => ways.escrow = escrow_key.copied(),
            Self::EscrowOff => ways.escrow = None,
        }
    }
}

impl WayBack {
    /// The journal's line about a change that was cancelled.
    pub(crate) fn cancelled(self) -> JournalEvent<'static> {
        match self {
            Self::Code => JournalEvent::CodeCancelled,
            Self::Escrow => JournalEvent::EscrowCancelled,
        }
    }
}

impl WaysBack {
    /// Whether a way of `self` is not among `next`. Then what it opens must not open what is kept from then on.
    pub(crate) fn loses_one(&self, next: &Self) -> bool {
        (self.code.is_some() && self.code != next.code) || (self.escrow.is_some() && self.escrow != next.escrow)
    }
}

impl Recovery {
    /// The version of the rescue row.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The rescue row. `None`: there is neither a recovery code nor escrow.
    pub(crate) fn row(&self) -> Option<&SlotBytes> {
        self.row.as_ref()
    }

    /// What the slots of the row are for.
    pub(crate) fn ways(&self) -> &WaysBack {
        &self.ways
    }

    /// Whether there is a recovery code.
    pub(crate) fn has_code(&self) -> bool {
        self.ways.code.is_some()
    }

    /// Puts another rescue row in force, or none. The changes whose wait is over are done.
    pub(crate) fn replace(&mut self, version: u64, row: Option<SlotBytes>, ways: WaysBack, now: Now) {
        self.pending.retain(|pending| pending.left_ms(now) > 0);
        (self.version, self.row, self.ways) = (version, row, ways);
    }

    /// Has a change wait. It takes the place of one about the same way that waited before.
    pub(crate) fn plan(&mut self, change: Change, wait_ms: u64, now: Now) {
        self.cancel(change.way());
        self.pending.push(PendingChange { wait: Wait::start(wait_ms, now), change });
    }

    /// Drops every change that waits. Returns what they were about.
    pub(crate) fn cancel_all(&mut self) -> Vec<WayBack> {
        self.pending.drain(..).map(|pending| pending.change.way()).collect()
    }

    /// Drops the change about this way that waits. `false` if none did.
    pub(crate) fn cancel(&mut self, way: WayBack) -> bool {
        let before = self.pending.len();
        self.pending.retain(|pending| pending.change.way() != way);
        self.pending.len() < before
    }

    /// Makes the changes of channels and of the second factor whose wait is over. Returns the journal's lines.
    pub(crate) fn settle(&mut self, now: Now) -> Vec<JournalEvent<'static>> {
        let channels = self.channels.settle(now).into_iter().map(|(kind, is_set)| match is_set {
            true => JournalEvent::ChannelSet { channel: kind.name() },
            false => JournalEvent::ChannelRemoved { channel: kind.name() },
        });
        let factor = self.second_factor.settle(now).map(|factor| match factor {
            Some(factor) => JournalEvent::SecondFactorOn { factor: factor.name() },
            None => JournalEvent::SecondFactorOff,
        });
        channels.chain(factor).collect()
    }

    /// Cancels every change that waits, and voids what was proven, because a lock was set. Returns the journal's lines.
    ///
    /// `now`: what was due before is made first. `None`: nothing is; the lock should have been set earlier, and whoever
    /// asked for the change may have kept it away.
    pub(crate) fn void(&mut self, now: Option<Now>) -> Vec<JournalEvent<'static>> {
        let mut events = now.map(|now| self.settle(now)).unwrap_or_default();
        events.extend(self.cancel_all().iter().map(|way| way.cancelled()));
        let channels = self.channels.drop_pending();
        events.extend(channels.iter().map(|kind| JournalEvent::ChannelCancelled { channel: kind.name() }));
        events.extend(self.second_factor.cancel().then_some(JournalEvent::SecondFactorCancelled));
        events.extend(self.void_proofs(RecoveryEvent::LockSet, "lock"));
        events
    }

    /// Voids what was proven, for this reason. Returns the journal's line, if there was something.
    pub(crate) fn void_proofs(&mut self, event: RecoveryEvent, by: &'static str) -> Option<JournalEvent<'static>> {
        let (next, step) = self.proofs.after(event);
        self.proofs = next;
        matches!(step, RecoveryStep::Voided { .. }).then_some(JournalEvent::RecoveryCancelled { by })
    }

    /// The change about this way that waits.
    pub(crate) fn pending(&self, way: WayBack) -> Option<&PendingChange> {
        self.pending.iter().find(|pending| pending.change.way() == way)
    }

    /// The ways back as they are to be now: after the changes whose wait is over, and with escrow under the key that
    /// the policy names. `None`: nothing is to be changed.
    pub(crate) fn due(&self, escrow_key: Option<&EscrowKey>, now: Now) -> Option<WaysBack> {
        let mut ways = self.ways.clone();
        ways.escrow = ways.escrow.and(escrow_key.copied());
        let mut due = self.pending.iter().filter(|pending| pending.left_ms(now) == 0).peekable();
        let is_due = due.peek().is_some() || ways != self.ways;
        due.for_each(|pending| pending.change.apply(&mut ways, escrow_key));
        is_due.then_some(ways)
    }

    /// What a recovery takes over: the channels and the second factor stay. What waits is void, and nothing pauses a
    /// change of before, because who recovers chooses anew.
    pub(crate) fn after_recovery(channels: Channels, second_factor: SecondFactor) -> Self {
        let mut next = Self { channels, second_factor, checklist: Checklist::begin(), ..Self::default() };
        next.void(None);
        next.channels.forget_former();
        next
    }

    /// The channels and the second factor that outlive the record: without what waits, because a lock may void that in
    /// a commit that cannot write them anew.
    pub(crate) fn surviving(&self) -> (Channels, SecondFactor) {
        let next = Self::after_recovery(self.channels.clone(), self.second_factor.clone());
        (next.channels, next.second_factor)
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let mut is_changed = self.channels.save_waits(now, every_ms)
            | self.second_factor.save_waits(now, every_ms)
            | self.proofs.save_wait(now, every_ms);
        for pending in &mut self.pending {
            is_changed |= pending.wait.save(now, every_ms);
        }
        is_changed
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> Vec<Option<Wait>> {
        let own = [WayBack::Code, WayBack::Escrow].map(|way| self.pending(way).map(|pending| pending.wait));
        let waits = own.into_iter().chain([self.proofs.saved_wait()]);
        waits.chain(self.second_factor.saved_waits()).chain(self.channels.saved_waits()).collect()
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { version, row, ways: WaysBack { code, escrow }, pending, channels, second_factor, proofs, checklist } =
            self;
        let is_about_both = [WayBack::Code, WayBack::Escrow].iter().all(|way| self.pending(*way).is_some());
        let is_single = pending.len() <= 1 || is_about_both;
        // As in the rest of the record: counting up from less than 2^62 cannot overflow.
        *version < 1 << 62
            && row.is_some() == (code.is_some() || escrow.is_some())
            && is_single
            && pending.len() <= 2
            && channels.is_in_range()
            && second_factor.is_in_range()
            && proofs.is_in_range()
            && checklist.is_in_range()
    }
}

impl PendingChange {
    /// Milliseconds until the change is due; 0: it takes effect when the PIN next opens the wallet.
    pub(crate) fn left_ms(&self, now: Now) -> u64 {
        self.wait.left_ms(now)
    }
}

impl CodeKey {
    /// The key of a code, under a new random salt. `None` cannot happen: every 32 bytes are an X25519 private key.
    pub(crate) fn make(random: &mut Random, code: &CodeBytes) -> Option<Self> {
        let salt = *random.bytes();
        Some(Self { salt, public_key: derive_public_key(&Self::private_key(code, &salt))? })
    }

    /// The private key: HKDF-SHA256 of the code under the salt. The code has 128 random bits, so no slow function is
    /// needed.
    pub(crate) fn private_key(code: &CodeBytes, salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; 32]> {
        derive_key(&[code.as_slice()], salt, Purpose::RecoveryCode)
    }
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeKey")
    }
}

#[cfg(test)]
mod tests;
