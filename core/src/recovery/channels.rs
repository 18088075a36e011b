//! The channels: phone number and mail addresses to which the provider sends codes. The provider knows the addresses;
//! the phone keeps an id, a mask, and whether a code that was sent there came back.

use serde::{Deserialize, Serialize};

use super::code_use::CodeUse;
use super::sent_codes::{SentCode, SentCodes, wait_after_wrong};
use crate::policy::RecoveryPolicy;
use crate::proof::{ChannelId, ChannelKind};
use crate::time::{Now, Wait};

/// The lock keeps at most so many former channels of a kind. Our own choice.
const MAX_FORMER: usize = 2;
/// Most channels: of each kind one in force, one that is being set up or waits, and the former ones.
const MAX_CHANNELS: usize = (2 + MAX_FORMER) * ChannelKind::ALL.len();
/// For so long after a change, in time that the phone is on, a code that is sent to the former channel pauses it: the 7
/// days for which Google lets a person use a recovery phone or address that was replaced.
const PAUSABLE_MS: u64 = 7 * 86_400_000;
const DAY_MS: i64 = 86_400_000;
/// Longest mask, in bytes: 80 characters.
const MAX_MASK_BYTES: usize = 320;

/// The record's part about channels. Whoever changes it calls [`Channels::settle`] first, and journals what that
/// returns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Channels {
    /// In the owner's order, former channels among them.
    list: Vec<Channel>,
    /// The wait after too many wrong codes, by what they were typed for.
    shut: [Option<Wait>; 2],
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) kind: ChannelKind,
    pub(crate) mask: String,
    /// When a code that was sent there last came back. `None`: never, so it does not count.
    confirmed: Option<Now>,
    /// It counts when this is over.
    waits: Option<Wait>,
    /// It goes when this is over.
    leaves: Option<Wait>,
    /// `Some`: it is a former channel, which was removed, or whose place a later one took. Until this is over, a code
    /// that is sent there may pause that, once.
    pausable: Option<Wait>,
    /// Set by such a code. Until it is over, this channel counts for getting back in, and no later one of its kind
    /// does.
    pause: Option<Wait>,
    /// The channels of one kind are numbered as they were set up: a later one takes the place of an earlier one.
    nth: u64,
    /// By what they were asked for.
    codes: [SentCodes; 2],
}

/// How a channel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    /// No code that was sent there came back yet. It does not count.
    NotConfirmed,
    /// It is confirmed, and counts after this time.
    Waiting {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// It counts.
    InForce {
        /// When a code that was sent there last came back, in milliseconds since 1970 by the phone's wall clock.
        confirmed_ms: i64,
        /// Nobody confirmed it for longer than the policy's `stale_after_days`.
        is_stale: bool,
        /// Milliseconds until it goes, because the owner had it removed. `None`: it stays.
        leaves_in_ms: Option<u64>,
    },
}

impl Channel {
    /// How the channel stands.
    pub(crate) fn state(&self, policy: &RecoveryPolicy, now: Now) -> ChannelState {
        let Some(confirmed) = self.confirmed else { return ChannelState::NotConfirmed };
        match self.waits.map_or(0, |wait| wait.left_ms(now)) {
            0 => {
                // By the wall clock: this is a reminder, and decides nothing.
                let age_ms = now.wall_ms.saturating_sub(confirmed.wall_ms);
                let is_stale = age_ms > i64::from(policy.stale_after_days) * DAY_MS;
                let leaves_in_ms = self.leaves.map(|wait| wait.left_ms(now));
                ChannelState::InForce { confirmed_ms: confirmed.wall_ms, is_stale, leaves_in_ms }
            }
            left_ms => ChannelState::Waiting { left_ms },
        }
    }

    /// Whether it counts now.
    pub(crate) fn is_in_force(&self, now: Now) -> bool {
        self.confirmed.is_some() && self.waits.is_none_or(|wait| wait.left_ms(now) == 0)
    }

    fn is_gone(&self, now: Now) -> bool {
        self.leaves.is_some_and(|wait| wait.left_ms(now) == 0)
    }

    fn has_pending(&self, now: Now) -> bool {
        !self.is_in_force(now) || self.leaves.is_some()
    }

    fn is_former(&self) -> bool {
        self.pausable.is_some()
    }

    /// Whether it went, and a code that is sent there may pause that.
    fn is_pausable(&self, now: Now) -> bool {
        self.pause.is_none() && self.pausable.is_some_and(|wait| wait.left_ms(now) > 0)
    }

    /// Whether it went, and that is paused.
    fn is_paused(&self, now: Now) -> bool {
        self.pause.is_some_and(|wait| wait.left_ms(now) > 0)
    }

    /// Whether the owner has it removed.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaves.is_some()
    }

    /// The last code that was sent there for this use, while it may be typed.
    pub(crate) fn sent(&self, used_for: CodeUse, policy: &RecoveryPolicy, now: Now) -> Option<SentCode> {
        let valid_s = if self.kind.is_mail() { policy.mail_valid_s } else { policy.sms_valid_s };
        used_for.of(&self.codes).last(policy, valid_s, now)
    }

    /// Milliseconds until another code may be asked for; 0: now.
    pub(crate) fn resend_after_ms(&self, used_for: CodeUse, policy: &RecoveryPolicy, now: Now) -> u64 {
        used_for.of(&self.codes).resend_after_ms(policy, now)
    }
}

impl Channels {
    /// The channels as they are now, in the owner's order: those that left are gone, and one that came into force has
    /// taken the place of the earlier one of its kind.
    pub(crate) fn now(&self, now: Now) -> Vec<&Channel> {
        self.list.iter().filter(|channel| !channel.is_former() && !self.has_gone(channel, now)).collect()
    }

    /// Whether it has left, or another has taken its place.
    fn has_gone(&self, channel: &Channel, now: Now) -> bool {
        let is_later = |other: &Channel| other.kind == channel.kind && other.nth > channel.nth;
        let counts = |other: &Channel| !other.is_former() && other.is_in_force(now) && !other.is_gone(now);
        channel.is_gone(now) || self.list.iter().any(|other| is_later(other) && counts(other))
    }

    /// The channels that count now, in the owner's order.
    pub(crate) fn in_force(&self, now: Now) -> Vec<&Channel> {
        self.now(now).into_iter().filter(|channel| channel.is_in_force(now)).collect()
    }

    /// The channels that count now for getting back in: where a change is paused, the former channel, after the others
    /// and in place of what came later.
    pub(crate) fn for_recovery(&self, now: Now) -> Vec<&Channel> {
        let in_force = self.in_force(now).into_iter().filter(|channel| self.paused(channel.kind, now).is_none());
        in_force.chain(ChannelKind::ALL.into_iter().filter_map(|kind| self.paused(kind, now))).collect()
    }

    /// The former channel of this kind that a pause has count again. Of several the one that went first: no later one
    /// undoes its owner's pause.
    fn paused(&self, kind: ChannelKind, now: Now) -> Option<&Channel> {
        let of_kind = self.list.iter().filter(|channel| channel.kind == kind && channel.is_paused(now));
        of_kind.min_by_key(|channel| channel.nth)
    }

    /// The former channels whose change may be paused now.
    pub(crate) fn pausable(&self, now: Now) -> Vec<&Channel> {
        let mut former = self.former(now);
        former.retain(|channel| self.paused(channel.kind, now).is_none_or(|paused| channel.nth < paused.nth));
        former
    }

    /// The former channels, at most two of each kind. Those that went first are kept: whoever changes a channel often
    /// does not push its owner's out.
    pub(crate) fn former(&self, now: Now) -> Vec<&Channel> {
        let of_before = self.list.iter().filter(|channel| channel.is_pausable(now) || channel.is_paused(now));
        let goes_now =
            |channel: &&Channel| !channel.is_former() && channel.is_in_force(now) && self.has_gone(channel, now);
        let mut former: Vec<&Channel> = Vec::new();
        for channel in of_before.chain(self.list.iter().filter(goes_now)) {
            if former.iter().filter(|other| other.kind == channel.kind).count() < MAX_FORMER {
                former.push(channel);
            }
        }
        former
    }

    /// The channel with this id, if it is still there.
    pub(crate) fn find(&self, id: ChannelId, now: Now) -> Option<&Channel> {
        self.now(now).into_iter().find(|channel| channel.id == id)
    }

    /// Drops what is not there any more, and has what went be a former channel from now on. Returns what came into force
    /// or went since it was last called.
    pub(crate) fn settle(&mut self, now: Now) -> Vec<(ChannelKind, bool)> {
        let ids = |channels: Vec<&Channel>| channels.iter().map(|channel| channel.id).collect::<Vec<_>>();
        let (kept, former) = (ids(self.now(now)), ids(self.former(now)));
        let mut changes = Vec::new();
        self.list.retain_mut(|channel| {
            let stays = kept.contains(&channel.id);
            if !stays && channel.is_gone(now) {
                changes.push((channel.kind, false));
            }
            if !stays && !channel.is_former() {
                channel.pausable = Some(Wait::start(PAUSABLE_MS, now));
                channel.leaves = None;
            }
            stays || former.contains(&channel.id)
        });
        for channel in &mut self.list {
            if channel.is_in_force(now) && channel.waits.take().is_some() {
                changes.push((channel.kind, true));
            }
        }
        changes
    }

    /// Begins to set a channel up. `true`: it took the place of one of its kind that was being set up, or waited.
    pub(crate) fn propose(&mut self, id: ChannelId, kind: ChannelKind, mask: String, now: Now) -> bool {
        let before = self.list.len();
        self.list.retain(|channel| channel.kind != kind || channel.is_in_force(now));
        let took_place = self.list.len() < before;
        let nth = self.list.iter().map(|channel| channel.nth).max().unwrap_or(0) + 1;
        self.list.push(Channel {
            id,
            kind,
            mask,
            confirmed: None,
            waits: None,
            leaves: None,
            pausable: None,
            pause: None,
            nth,
            codes: Default::default(),
        });
        took_place
    }

    /// A code that was sent there came back. `Some`: the channel counts after so many milliseconds, `wait_ms`. `None`:
    /// it was confirmed before, and is fresh again; or it is gone.
    pub(crate) fn confirm(&mut self, id: ChannelId, used_for: CodeUse, wait_ms: u64, now: Now) -> Option<u64> {
        let channel = self.list.iter_mut().find(|channel| channel.id == id)?;
        used_for.of_mut(&mut channel.codes).note_right();
        if channel.confirmed.replace(now).is_some() {
            return None;
        }
        channel.waits = Some(Wait::start(wait_ms, now));
        Some(wait_ms)
    }

    /// Has a channel that counts leave after a wait; one that does not count goes at once. `None`: there is no such
    /// channel, or it leaves already.
    pub(crate) fn remove(&mut self, id: ChannelId, wait_ms: u64, now: Now) -> Option<u64> {
        let place = self.list.iter().position(|channel| channel.id == id)?;
        let channel = self.list.get_mut(place)?;
        if !channel.is_in_force(now) {
            self.list.remove(place);
            return Some(0);
        }
        if channel.leaves.is_some() {
            return None;
        }
        channel.leaves = Some(Wait::start(wait_ms, now));
        Some(wait_ms)
    }

    /// A code that was sent to a former channel came back: until this wait is over that channel counts for getting back
    /// in, and none that came later does. `None`: it may not pause anything.
    pub(crate) fn pause(&mut self, id: ChannelId, wait_ms: u64, now: Now) -> Option<ChannelKind> {
        self.pausable(now).into_iter().find(|channel| channel.id == id)?;
        let channel = self.list.iter_mut().find(|channel| channel.id == id)?;
        channel.pause = Some(Wait::start(wait_ms, now));
        Some(channel.kind)
    }

    /// Forgets the former channels.
    pub(crate) fn forget_former(&mut self) {
        self.list.retain(|channel| !channel.is_former());
    }

    /// Takes back what waits for this channel: its removal, or its coming into force. `None`: nothing waits.
    pub(crate) fn cancel(&mut self, id: ChannelId, now: Now) -> Option<ChannelKind> {
        let channel = self.list.iter_mut().find(|channel| channel.id == id && channel.has_pending(now))?;
        let kind = channel.kind;
        channel.leaves = None;
        self.list.retain(|channel| channel.id != id || channel.is_in_force(now));
        Some(kind)
    }

    /// Takes back everything that waits, also what is over and was not settled. Returns what it was about.
    pub(crate) fn drop_pending(&mut self) -> Vec<ChannelKind> {
        let mut dropped = Vec::new();
        self.list.retain_mut(|channel| {
            let stays = channel.confirmed.is_some() && channel.waits.is_none();
            if !stays || channel.leaves.take().is_some() {
                dropped.push(channel.kind);
            }
            stays
        });
        dropped
    }

    /// Puts the channels in this order. Those that it does not name follow in the order in which they were.
    pub(crate) fn order(&mut self, ids: &[ChannelId]) {
        let place = |channel: &Channel| ids.iter().position(|id| *id == channel.id).unwrap_or(ids.len());
        self.list.sort_by_key(place);
    }

    /// Milliseconds until a code may be typed for this use, because too many were wrong; 0: now.
    pub(crate) fn wait_left_ms(&self, used_for: CodeUse, now: Now) -> u64 {
        used_for.of(&self.shut).map_or(0, |wait| wait.left_ms(now))
    }

    /// Notes that a code was asked for.
    pub(crate) fn note_asked(&mut self, id: ChannelId, used_for: CodeUse, now: Now) {
        self.codes_of(id, used_for).iter_mut().for_each(|codes| codes.note_asked(now));
    }

    /// Counts that a code was typed, before anybody knows whether it is right.
    pub(crate) fn charge(&mut self, id: ChannelId, used_for: CodeUse, now: Now) {
        self.codes_of(id, used_for).iter_mut().for_each(|codes| codes.charge());
        let wrong = self.list.iter().map(|channel| used_for.of(&channel.codes).wrong());
        if let Some(wait_ms) = wait_after_wrong(wrong.fold(0, u32::saturating_add)) {
            *used_for.of_mut(&mut self.shut) = Some(Wait::start(wait_ms, now));
        }
    }

    fn codes_of(&mut self, id: ChannelId, used_for: CodeUse) -> Option<&mut SentCodes> {
        let channel = self.list.iter_mut().find(|channel| channel.id == id)?;
        Some(used_for.of_mut(&mut channel.codes))
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let of_channels = self.list.iter_mut().flat_map(|channel| {
            let of_codes = channel.codes.iter_mut().flat_map(SentCodes::waits);
            of_codes.chain([&mut channel.waits, &mut channel.leaves, &mut channel.pausable, &mut channel.pause])
        });
        let waits = of_channels.chain(&mut self.shut).filter_map(Option::as_mut);
        waits.fold(false, |is_changed, wait| wait.save(now, every_ms) | is_changed)
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> impl Iterator<Item = Option<Wait>> {
        let of_channels = self.list.iter().flat_map(|channel| {
            let waits = [channel.waits, channel.leaves, channel.pausable, channel.pause];
            channel.codes.iter().flat_map(SentCodes::saved_waits).chain(waits)
        });
        of_channels.chain(self.shut)
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { list, shut: _ } = self;
        let is_unique = |(place, channel): (usize, &Channel)| {
            let earlier = list.iter().take(place);
            earlier.clone().all(|other| other.id != channel.id) && earlier.clone().all(|other| other.nth != channel.nth)
        };
        // As in the rest of the record: counting up from less than 2^62 cannot overflow.
        let is_short = |channel: &Channel| channel.mask.len() <= MAX_MASK_BYTES && channel.nth < 1 << 62;
        list.len() <= MAX_CHANNELS && list.iter().all(is_short) && list.iter().enumerate().all(is_unique)
    }
}

#[cfg(test)]
mod tests;
