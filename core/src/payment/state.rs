//! The record's part about payments.

use serde::{Deserialize, Serialize};

use super::owner_limits::OwnerLimits;
use super::totals::{Moment, Totals};
use super::windows::{OffsetAt, Windows};
use crate::crypto::Random;
use crate::hex;
use crate::policy::{Limit, PaymentPolicy};
use crate::request::{Channel, OwnerPublicKey};
use crate::time::{Now, Wait};

/// For how long a change of the PIN, the phone or a limit counts as a short while ago. Our own choice.
const CHANGE_MS: u64 = 24 * 3_600_000;

/// So much rarer than a wait is the estimate of the time saved: hours, not minutes.
const WINDOWS_ARE_RARER: u64 = 60;

/// What the wallet knows about payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Payments {
    /// `None`: nothing was paid yet.
    pub(crate) windows: Option<Windows>,
    pub(crate) totals: Totals,
    pub(crate) limits: OwnerLimits,
    /// The number of the last authorisation.
    pub(crate) seq: u64,
    /// What the book's row is sealed with. `None`: there is no row.
    pub(crate) book: Option<BookSeal>,
    /// The public key of the owner's signatures. `None`: a record from before payments.
    pub(crate) owner_key: Option<OwnerPublicKey>,
    /// Nothing is left in the window with this number, or an earlier one.
    full_window: Option<u64>,
    /// The window that is open at the next reading is full.
    fills_next: bool,
    /// The PIN, the phone or a limit was changed. Until this is over that is a short while ago.
    changed: Option<Wait>,
    /// Payments are off until this is over: the wallet was recovered, and has no provider to register it again.
    off: Option<Wait>,
    /// The owner stopped everything in a panic. Until this is over the PIN alone does not end that.
    panic: Option<Wait>,
    frozen_channels: Vec<Channel>,
}

/// What the book's row is sealed with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookSeal {
    #[serde(with = "hex::array")]
    pub(crate) key: [u8; 32],
    /// The row's version: an older row that was put back does not open.
    pub(crate) version: u64,
}

impl std::fmt::Debug for BookSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BookSeal({})", self.version)
    }
}

impl BookSeal {
    pub(crate) fn make(random: &mut Random) -> Self {
        Self { key: *random.bytes(), version: 0 }
    }
}

impl Payments {
    /// Those of a new wallet.
    pub(crate) fn new(owner_key: Option<OwnerPublicKey>) -> Self {
        Self { owner_key, ..Self::default() }
    }

    /// The windows at `now`; the first call begins them.
    pub(crate) fn windows_at(&self, now: Now, offset_at: OffsetAt<'_>) -> Windows {
        match self.windows {
            Some(windows) => windows.at(now, offset_at),
            None => Windows::start(now, offset_at),
        }
    }

    /// The time as it is estimated, in milliseconds since 1970: the wall clock's, until something is paid.
    pub(crate) fn estimate_ms(&self, now: Now) -> i64 {
        self.estimated_ms(now).unwrap_or(now.wall_ms)
    }

    /// The same. `None`: nothing was paid yet, and the provider did not say what time it is.
    pub(crate) fn estimated_ms(&self, now: Now) -> Option<i64> {
        Some(self.windows?.grown(now).estimate_ms())
    }

    /// When a payment would count now.
    pub(crate) fn moment(
        &self,
        windows: &Windows,
        policy: &PaymentPolicy,
        now: Now,
        offset_at: OffsetAt<'_>,
    ) -> Moment {
        let night = &policy.night;
        let window = windows.number();
        let is_night = windows.is_night(night.from_h, night.to_h, now, offset_at);
        // After midnight it is still the night that began in the window before.
        let began = if windows.is_morning(offset_at) { window.saturating_sub(1) } else { window };
        Moment {
            window,
            night: is_night.then_some(began),
            estimate_ms: windows.estimate_ms(),
            opens_in_ms: windows.opens_in_ms(),
            is_full: self.fills_next || self.full_window.is_some_and(|full| window <= full),
        }
    }

    /// All limits that hold at `now`: the policy's and the owner's.
    pub(crate) fn all_limits(&self, policy: &PaymentPolicy, now: Now) -> Vec<Limit> {
        policy.limits.iter().cloned().chain(self.limits.in_force(now)).collect()
    }

    /// Milliseconds until payments are possible again after a recovery without a provider; 0: they are.
    pub(crate) fn off_left_ms(&self, now: Now) -> u64 {
        self.off.map_or(0, |wait| wait.left_ms(now))
    }

    /// Milliseconds until a change is not recent any more. `None`: nothing was changed lately. A limit whose raise is due
    /// is changed now.
    pub(crate) fn change_left_ms(&self, now: Now) -> Option<u64> {
        if self.limits.has_due(now) {
            return Some(CHANGE_MS);
        }
        self.changed.map(|wait| wait.left_ms(now)).filter(|left_ms| *left_ms > 0)
    }

    /// The PIN, the phone or a limit was changed.
    pub(crate) fn note_change(&mut self, now: Now) {
        self.changed = Some(Wait::start(CHANGE_MS, now));
    }

    /// Nothing is left in the window that is open at this reading, if a rescue said so.
    pub(crate) fn fill(&mut self, window: u64) {
        if std::mem::take(&mut self.fills_next) {
            self.full_window = Some(window);
        }
    }

    /// Stops payments through one channel, without any proof.
    pub(crate) fn freeze_channel(&mut self, channel: Channel) -> bool {
        let is_new = !self.frozen_channels.contains(&channel);
        if is_new {
            self.frozen_channels.push(channel);
        }
        is_new
    }

    /// The channels through which payments are stopped.
    pub(crate) fn frozen_channels(&self) -> &[Channel] {
        &self.frozen_channels
    }

    /// Allows payments through all channels, or one, again. `false`: none was stopped.
    pub(crate) fn unfreeze_channels(&mut self, channel: Option<Channel>) -> bool {
        let before = self.frozen_channels.len();
        self.frozen_channels.retain(|frozen| channel.is_some_and(|channel| *frozen != channel));
        self.frozen_channels.len() < before
    }

    /// The owner stops everything in a panic.
    pub(crate) fn panic(&mut self, wait_ms: u64, now: Now) {
        self.panic = Some(Wait::start(wait_ms, now));
        self.limits.cancel_all();
    }

    /// Milliseconds until the PIN alone ends a panic. `None`: there is none.
    pub(crate) fn panic_left_ms(&self, now: Now) -> Option<u64> {
        self.panic.map(|wait| wait.left_ms(now))
    }

    /// Whether the owner stopped everything in a panic.
    pub(crate) fn is_in_panic(&self) -> bool {
        self.panic.is_some()
    }

    /// Ends a panic. `false`: there was none.
    pub(crate) fn end_panic(&mut self) -> bool {
        self.panic.take().is_some()
    }

    /// What outlives the record.
    pub(crate) fn surviving(&self) -> Self {
        Self { book: None, ..self.clone() }
    }

    /// What a recovery leaves. `is_known`: the record was read. Otherwise nobody knows what was paid lately, and nothing
    /// is left in the window that is open. `off_ms`: for how long payments are off.
    pub(crate) fn after_recovery(mut self, is_known: bool, off_ms: Option<u64>, now: Now) -> Self {
        if !is_known {
            self.fills_next = true;
            self.book = None;
        }
        self.limits.cancel_all();
        self.off = off_ms.map(|ms| Wait::start(ms, now));
        self.note_change(now);
        self
    }

    /// Saves the estimate and what is left of the waits, of each unless that was done within `every_ms`. `true` if
    /// something changed. No window opens.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let mut changed = self.limits.save_waits(now, every_ms);
        let every_hour_ms = every_ms.saturating_mul(WINDOWS_ARE_RARER);
        if let Some(windows) = self.windows.filter(|windows| windows.is_stale(now, every_hour_ms)) {
            let grown = windows.grown(now);
            changed |= grown != windows;
            self.windows = Some(grown);
        }
        for wait in [&mut self.off, &mut self.panic, &mut self.changed].into_iter().flatten() {
            changed |= wait.save(now, every_ms);
        }
        changed
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> Vec<Option<Wait>> {
        self.limits.saved_waits().chain([self.off, self.panic, self.changed]).collect()
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self {
            windows,
            totals,
            limits,
            seq,
            book,
            owner_key: _,
            full_window: _,
            fills_next: _,
            changed: _,
            off: _,
            panic: _,
            frozen_channels,
        } = self;
        windows.as_ref().is_none_or(Windows::is_in_range)
            && totals.is_in_range()
            && limits.is_in_range()
            && *seq < 1 << 53
            && book.as_ref().is_none_or(|book| book.version < 1 << 62)
            && frozen_channels.len() <= Channel::ALL.len()
    }
}
