//! What a grant does that says something is proven: a code that was sent came back, or a person or another device
//! vouches for the owner.

use super::sent_code::channel_for;
use crate::engine::UnitOfWork;
use crate::events::JournalEvent;
use crate::proof::{ChannelId, Proof, ProofMethod};
use crate::provider::{Effect, ProofPurpose, WordDone};
use crate::record::Record;
use crate::recovery::{CodeUse, RecoveryEvent, RecoveryStep};
use crate::time::Now;

/// Whether a grant may do this. One that says something is proven has to be about the channel that the request named,
/// and may cancel only what its rank may cancel.
pub(super) fn is_allowed(record: &Record, effect: &Effect, now: Now) -> bool {
    let Effect::Proven { purpose, channel, proofs, .. } = effect else { return true };
    let is_about_channel = match channel {
        Some(id) => {
            let kind = channel_for(&record.recovery.channels, *purpose, *id, now).map(|channel| channel.kind);
            kind.is_some_and(|kind| proofs.iter().all(|proof| kind.carries(proof.method)))
        }
        // The provider never sees a recovery code.
        None => proofs.iter().all(|proof| proof.method.can_be_elsewhere() && proof.method != ProofMethod::Code),
    };
    let may_cancel = || proofs.iter().any(|proof| record.recovery.proofs.may_cancel(proof.rank()));
    is_about_channel && (*purpose != ProofPurpose::Cancel || may_cancel())
}

/// A grant that says something is proven.
pub(super) struct Proven<'a> {
    pub(super) purpose: ProofPurpose,
    pub(super) channel: Option<ChannelId>,
    /// It was asked for in the session that set the wallet up.
    pub(super) is_first: bool,
    pub(super) proofs: &'a [Proof],
}

/// Carries out what [`is_allowed`] allowed. A second factor counts for the sessions only after the commit: `redeem`
/// does that.
pub(super) fn take_proofs(work: &mut UnitOfWork<'_>, proven: &Proven<'_>, now: Now) -> WordDone {
    let Proven { purpose, channel, is_first, proofs } = *proven;
    work.settle_recovery(now);
    if let Some(id) = channel {
        confirm(work, id, purpose, is_first, now);
    }
    match purpose {
        ProofPurpose::Confirm => WordDone::ChannelConfirmed,
        ProofPurpose::Pause => {
            channel.into_iter().for_each(|id| pause(work, id, now));
            WordDone::ChannelChangePaused
        }
        ProofPurpose::Recovery => {
            proofs.iter().for_each(|proof| note_proof(work, *proof, now));
            WordDone::Proven
        }
        ProofPurpose::Cancel => {
            if let Some(highest) = proofs.iter().max_by_key(|proof| proof.rank()) {
                work.void_proofs(RecoveryEvent::Cancelled(highest.rank()), highest.method.name());
            }
            WordDone::RecoveryCancelled
        }
        ProofPurpose::SecondFactor => {
            work.note(&JournalEvent::SecondFactorRight);
            WordDone::SecondFactorProven
        }
    }
}

/// A code came back from this channel: it is confirmed, or fresh again.
fn confirm(work: &mut UnitOfWork<'_>, id: ChannelId, purpose: ProofPurpose, is_first: bool, now: Now) {
    let record = &mut *work.record;
    let channels = &record.recovery.channels;
    let Some(kind) = channel_for(channels, purpose, id, now).map(|channel| channel.kind) else { return };
    let used_for = match purpose {
        ProofPurpose::Recovery | ProofPurpose::Cancel | ProofPurpose::Pause => CodeUse::Recovery,
        ProofPurpose::Confirm | ProofPurpose::SecondFactor => CodeUse::Session,
    };
    let wait_ms = if is_first { 0 } else { record.policy.recovery.pending_change_ms() };
    if let Some(wait_ms) = record.recovery.channels.confirm(id, used_for, wait_ms, now) {
        if wait_ms > 0 {
            let wait_h = record.policy.recovery.pending_change_h;
            work.note(&JournalEvent::ChannelPending { channel: kind.name(), wait_h });
        }
        if is_first {
            work.settle_in_first_session(now);
        } else {
            work.settle_recovery(now);
        }
    }
}

/// A code came back from a former channel: its replacement or removal is paused.
fn pause(work: &mut UnitOfWork<'_>, id: ChannelId, now: Now) {
    let record = &mut *work.record;
    let policy = &record.policy.recovery;
    let (wait_h, wait_ms) = (policy.pending_change_h, policy.pending_change_ms());
    // The right code may be the tenth that was typed since a right one: it counts as wrong until the grant, and then no
    // code is taken for a while. The pause is longer by that time, so that the owner can use it.
    let wait_ms = wait_ms.saturating_add(record.recovery.channels.wait_left_ms(CodeUse::Recovery, now));
    if let Some(kind) = record.recovery.channels.pause(id, wait_ms, now) {
        work.note(&JournalEvent::ChannelChangePaused { channel: kind.name(), wait_h });
    }
}

/// Notes something that was proven by somebody who wants to get back in.
pub(super) fn note_proof(work: &mut UnitOfWork<'_>, proof: Proof, now: Now) {
    let policy = &work.record.policy.recovery;
    let (wait_h, wait_ms) = (policy.proofs_wait_h, policy.proofs_wait_ms());
    let (next, step) = work.record.recovery.proofs.after(RecoveryEvent::Proven { proof, wait_ms, now });
    work.record.recovery.proofs = next;
    if matches!(step, RecoveryStep::Noted | RecoveryStep::WaitBegan) {
        work.note(&JournalEvent::Proven { proof: &proof.name() });
    }
    if step == RecoveryStep::WaitBegan {
        work.note(&JournalEvent::RecoveryWaits { wait_h });
    }
}
