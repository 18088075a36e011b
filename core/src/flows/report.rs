//! What the provider is told of the ways back in: what is set up, and what waits. So it can announce a change on the
//! channels that are in force, and knows where it may send codes.

use super::sent_code::channel_name;
use crate::provider::{Report, ReportedChange, ReportedChannel};
use crate::record::Record;
use crate::recovery::{ChannelState, Factor, WayBack};
use crate::time::Now;

/// The report of this record.
pub(super) fn of(record: &Record, now: Now) -> Report {
    let recovery = &record.recovery;
    let change = |what: &str, left_ms: Option<u64>| {
        Some(ReportedChange { what: what.to_owned(), left_s: left_ms.filter(|left_ms| *left_ms > 0)?.div_ceil(1_000) })
    };
    let of_way = |way| recovery.pending(way).map(|pending| pending.left_ms(now));
    let mut pending: Vec<_> = [
        change("code", of_way(WayBack::Code)),
        change("escrow", of_way(WayBack::Escrow)),
        change("second_factor", recovery.second_factor.pending(now).map(|(left_ms, _)| left_ms)),
        change("recovery", recovery.proofs.wait_left_ms(now)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut channels = Vec::new();
    for channel in recovery.channels.now(now) {
        let name = channel_name(channel.kind, channel.id);
        let (state, left_ms) = match channel.state(&record.policy.recovery, now) {
            ChannelState::NotConfirmed => ("new", None),
            ChannelState::Waiting { left_ms } => ("waiting", Some(left_ms)),
            ChannelState::InForce { leaves_in_ms, .. } => ("in_force", leaves_in_ms),
        };
        pending.extend(change(&name, left_ms));
        channels.push(ReportedChannel { channel: name, state });
    }
    let former = recovery.channels.former(now).into_iter();
    channels.extend(former.map(|one| ReportedChannel { channel: channel_name(one.kind, one.id), state: "former" }));
    let second_factor = recovery.second_factor.now(now).map(|factor| Factor::kind(factor).name());
    Report { channels, second_factor, pending }
}
