//! What somebody who wants to get back in can do now.

use walletlock_core as core;
use walletlock_core::LeadsTo;
use walletlock_core::proof::{ChannelKind, ProofMethod};
use walletlock_core::recovery;

use crate::types::{signed, signed_32};

#[derive(uniffi::Record)]
pub struct RecoveryProgress {
    pub ways: Vec<RecoveryWay>,
    pub former: Vec<RecoveryWay>,
    pub proven: Vec<ProofMethod>,
    pub enough: Enough,
    pub wait_left_ms: Option<i64>,
    pub can_be_cancelled_here: bool,
    pub leads_to: LeadsTo,
}

#[derive(uniffi::Enum)]
pub enum Enough {
    Now,
    After { left_ms: i64 },
    OneMore,
    TwoMore,
}

#[uniffi::remote(Enum)]
pub enum LeadsTo {
    NewPin,
    MoreTries,
    StartAnew,
}

#[derive(uniffi::Record)]
pub struct RecoveryWay {
    pub kind: WayKind,
    pub channel: Option<String>,
    pub mask: String,
    pub is_stale: bool,
    pub state: WayState,
}

#[derive(uniffi::Enum)]
pub enum WayKind {
    RecoveryCode,
    Sms,
    Mail,
    BackupMail,
    Authenticator,
    Person,
}

#[derive(uniffi::Enum)]
pub enum WayState {
    Available,
    Sent { valid_for_ms: i64, tries_left: i32, resend_after_ms: i64 },
    Waiting { left_ms: i64 },
    Proven,
}

impl From<core::RecoveryProgress> for RecoveryProgress {
    fn from(progress: core::RecoveryProgress) -> Self {
        Self {
            ways: progress.ways.into_iter().map(Into::into).collect(),
            former: progress.former.into_iter().map(Into::into).collect(),
            proven: progress.proven,
            enough: progress.enough.into(),
            wait_left_ms: progress.wait_left_ms.map(signed),
            can_be_cancelled_here: progress.can_be_cancelled_here,
            leads_to: progress.leads_to,
        }
    }
}

impl From<recovery::Enough> for Enough {
    fn from(enough: recovery::Enough) -> Self {
        match enough {
            recovery::Enough::Now => Self::Now,
            recovery::Enough::After { left_ms } => Self::After { left_ms: signed(left_ms) },
            recovery::Enough::OneMore => Self::OneMore,
            recovery::Enough::TwoMore => Self::TwoMore,
        }
    }
}

impl From<core::RecoveryWay> for RecoveryWay {
    fn from(way: core::RecoveryWay) -> Self {
        Self {
            kind: way.kind.into(),
            channel: way.channel.map(|id| id.to_string()),
            mask: way.mask,
            is_stale: way.is_stale,
            state: way.state.into(),
        }
    }
}

impl From<core::WayKind> for WayKind {
    fn from(kind: core::WayKind) -> Self {
        match kind {
            core::WayKind::RecoveryCode => Self::RecoveryCode,
            core::WayKind::Channel(ChannelKind::Sms) => Self::Sms,
            core::WayKind::Channel(ChannelKind::Mail) => Self::Mail,
            core::WayKind::Channel(ChannelKind::BackupMail) => Self::BackupMail,
            core::WayKind::Authenticator => Self::Authenticator,
            core::WayKind::Person => Self::Person,
        }
    }
}

impl From<core::WayState> for WayState {
    fn from(state: core::WayState) -> Self {
        match state {
            core::WayState::Available => Self::Available,
            core::WayState::Sent { code, resend_after_ms } => Self::Sent {
                valid_for_ms: signed(code.valid_for_ms),
                tries_left: signed_32(code.tries_left),
                resend_after_ms: signed(resend_after_ms),
            },
            core::WayState::Waiting { left_ms } => Self::Waiting { left_ms: signed(left_ms) },
            core::WayState::Proven => Self::Proven,
        }
    }
}
