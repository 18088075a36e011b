//! What somebody who wants to get back in can do now, whether or not the wallet is open.

use super::status::{save_wait, stale_wait};
use crate::engine::{Engine, State};
use crate::error::LockError;
use crate::key_slots::RowSlots;
use crate::proof::{ChannelId, ChannelKind, ProofMethod, Rank};
use crate::record::Record;
use crate::recovery::{Channel, ChannelState, CodeUse, Enough, Factor, SentCode, SetUp, WaitLeft};
use crate::time::{Now, SAVE_WHILE_WATCHED_MS};

/// What can be done, and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryProgress {
    /// The ways that were set up: the recovery code, the channels in the owner's order, after them a former one whose
    /// change is paused, the authenticator, a person at the provider.
    pub ways: Vec<RecoveryWay>,
    /// Channels that were replaced or removed, whose change may still be paused: for seven days of time that the phone is
    /// on, once, and at most two of a kind. Empty if this phone is not registered. See
    /// [`crate::RecoveryHandle::pause_channel_change`].
    pub former: Vec<RecoveryWay>,
    /// What was proven so far.
    pub proven: Vec<ProofMethod>,
    /// Whether that is enough for a new PIN. The recovery code is enough alone.
    pub enough: Enough,
    /// Milliseconds until the wait is over that runs after proofs on this phone; 0: it is over. `None`: none runs.
    pub wait_left_ms: Option<u64>,
    /// Whether a sent code, or one of the authenticator, may still cancel that.
    pub can_be_cancelled_here: bool,
    /// What enough proof leads to.
    pub leads_to: LeadsTo,
}

/// What enough proof leads to. Only a slot holds the key to what the wallet keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadsTo {
    /// A new PIN, and everything that the wallet keeps is still there: by the recovery code, or by the provider, which
    /// keeps the key.
    NewPin,
    /// Three more tries for the PIN, after the provider's grant ([`crate::RequestKind::Unlock`]). A wallet whose PIN is
    /// forgotten for good can only be started anew, which destroys what it keeps.
    MoreTries,
    /// Nothing that was set up reaches the owner any more. The wallet can only be started anew
    /// ([`crate::WalletLock::wipe`]), which destroys what it keeps.
    StartAnew,
}

/// A way to prove something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryWay {
    /// Which way.
    pub kind: WayKind,
    /// The channel, where there is one.
    pub channel: Option<ChannelId>,
    /// The channel's address with most of it hidden; empty where there is none.
    pub mask: String,
    /// Nobody confirmed the channel for a long time: it may not reach the owner any more.
    pub is_stale: bool,
    /// Whether it can be used now.
    pub state: WayState,
}

/// Which way to prove something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayKind {
    /// The recovery code. It is enough alone.
    RecoveryCode,
    /// A code or a link that the provider sends to a channel of this kind.
    Channel(ChannelKind),
    /// A code of the authenticator app.
    Authenticator,
    /// A person at the provider, or another device.
    Person,
}

/// Whether a way can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayState {
    /// It can be used now.
    Available,
    /// A code was sent and can be typed.
    Sent {
        /// The code.
        code: SentCode,
        /// Milliseconds until another one may be asked for; 0: now.
        resend_after_ms: u64,
    },
    /// It can be used after this many milliseconds.
    Waiting {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// It was proven.
    Proven,
}

/// What can be done now. It can be asked in every state. While a wait runs, this saves what is left of it once a
/// minute.
pub(crate) fn progress(engine: &Engine) -> Result<RecoveryProgress, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let has_provider = engine.requested_policy.provider.is_some();
    let read =
        engine.ledger.read(|view| Ok((of(view.record, now), stale_wait(view.record, now, SAVE_WHILE_WATCHED_MS))));
    match read {
        Err(LockError::WrongState | LockError::DataDamaged | LockError::DeviceKey(_)) => {
            let slots = engine.ledger.with_state(State::rescue_slots).unwrap_or_default();
            Ok(beside_record(slots, has_provider))
        }
        Ok((_, Some(stale))) => save_wait(engine, stale, of),
        Ok((progress, None)) => Ok(progress),
        Err(fault) => Err(fault),
    }
}

fn of(record: &Record, now: Now) -> RecoveryProgress {
    let recovery = &record.recovery;
    let channels = recovery.channels.for_recovery(now);
    let is_registered = record.is_registered();
    let given = recovery.proofs.given();
    let way = |kind, state| RecoveryWay { kind, channel: None, mask: String::new(), is_stale: false, state };
    let available_unless = |left_ms| if left_ms == 0 { WayState::Available } else { WayState::Waiting { left_ms } };
    let proven = |method: ProofMethod| given.iter().any(|proof| proof.method.is_same_as(method));

    let mut ways = Vec::new();
    if recovery.has_code() {
        let left_ms = record.locks.opening_left_ms(now).unwrap_or(0);
        ways.push(way(WayKind::RecoveryCode, available_unless(left_ms)));
    }
    if is_registered {
        let is_proven = |kind: ChannelKind| given.iter().any(|proof| kind.carries(proof.method));
        ways.extend(channels.iter().map(|channel| of_channel(record, channel, is_proven(channel.kind), now)));
    }
    if let Some(Factor::Authenticator(authenticator)) = recovery.second_factor.now(now) {
        let state = match authenticator.admits(CodeUse::Recovery, now) {
            _ if proven(ProofMethod::Authenticator) => WayState::Proven,
            Err(WaitLeft { left_ms }) => WayState::Waiting { left_ms },
            Ok(()) => WayState::Available,
        };
        ways.push(way(WayKind::Authenticator, state));
    }
    if is_registered {
        let is_proven = given.iter().any(|proof| proof.is_elsewhere);
        ways.push(way(WayKind::Person, if is_proven { WayState::Proven } else { WayState::Available }));
    }
    let former = if is_registered { recovery.channels.pausable(now) } else { Vec::new() };
    RecoveryProgress {
        ways,
        former: former.into_iter().map(|channel| of_channel(record, channel, false, now)).collect(),
        proven: given.iter().map(|proof| proof.method).collect(),
        enough: recovery.proofs.enough(&[], record.policy.recovery.proofs_wait_ms(), now),
        wait_left_ms: recovery.proofs.wait_left_ms(now),
        can_be_cancelled_here: recovery.proofs.may_cancel(Rank::OnPhone),
        leads_to: match () {
            () if set_up(record, &kinds(&channels), now).leads_to_new_pin() => LeadsTo::NewPin,
            () if is_registered => LeadsTo::MoreTries,
            () => LeadsTo::StartAnew,
        },
    }
}

fn of_channel(record: &Record, channel: &Channel, is_proven: bool, now: Now) -> RecoveryWay {
    let (policy, recovery) = (&record.policy.recovery, &record.recovery);
    let resend_after_ms = channel.resend_after_ms(CodeUse::Recovery, policy, now);
    let state =
        match (recovery.channels.wait_left_ms(CodeUse::Recovery, now), channel.sent(CodeUse::Recovery, policy, now)) {
            _ if is_proven => WayState::Proven,
            (left_ms @ 1.., _) => WayState::Waiting { left_ms },
            (0, Some(code)) => WayState::Sent { code, resend_after_ms },
            (0, None) if resend_after_ms > 0 => WayState::Waiting { left_ms: resend_after_ms },
            (0, None) => WayState::Available,
        };
    let is_stale = matches!(channel.state(policy, now), ChannelState::InForce { is_stale: true, .. });
    RecoveryWay {
        kind: WayKind::Channel(channel.kind),
        channel: Some(channel.id),
        mask: channel.mask.clone(),
        is_stale,
        state,
    }
}

/// What can be done while the record cannot be read: what the slots of the rescue row open.
fn beside_record(slots: RowSlots, has_provider: bool) -> RecoveryProgress {
    let way =
        |kind| RecoveryWay { kind, channel: None, mask: String::new(), is_stale: false, state: WayState::Available };
    let by_person = slots.escrow && has_provider;
    let ways = [slots.code.then(|| way(WayKind::RecoveryCode)), by_person.then(|| way(WayKind::Person))];
    let leads_to = if slots.code || by_person { LeadsTo::NewPin } else { LeadsTo::StartAnew };
    RecoveryProgress {
        ways: ways.into_iter().flatten().collect(),
        former: Vec::new(),
        proven: Vec::new(),
        enough: Enough::TwoMore,
        wait_left_ms: None,
        can_be_cancelled_here: false,
        leads_to,
    }
}

/// The kinds of these channels.
pub(super) fn kinds(channels: &[&Channel]) -> Vec<ChannelKind> {
    channels.iter().map(|channel| channel.kind).collect()
}

/// What is set up, for judging which loss would leave no way back.
pub(super) fn set_up<'a>(record: &Record, channels: &'a [ChannelKind], now: Now) -> SetUp<'a> {
    let has_escrow = record.has_escrow();
    SetUp {
        has_code: record.recovery.has_code(),
        has_escrow,
        offers_escrow: record.policy.escrow_key().is_some() && !has_escrow,
        channels,
        has_authenticator: matches!(record.recovery.second_factor.now(now), Some(Factor::Authenticator(_))),
    }
}
