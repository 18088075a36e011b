//! The clocks of a call about payments: read once, before any transaction, because the zone's offset comes from the
//! platform.

use crate::engine::Engine;
use crate::error::LockError;
use crate::payment::{Moment, Payments, Windows};
use crate::platform::PlatformFault;
use crate::time::Now;

/// One reading of the clocks, with the window that is open then.
#[derive(Clone, Copy)]
pub(in crate::flows) struct Clocks {
    pub(in crate::flows) now: Now,
    /// The windows in the record that this reading was made from.
    from: Option<Windows>,
    windows: Windows,
    moment: Moment,
    offset_ms: i64,
}

impl Clocks {
    /// Reads the clocks.
    pub(in crate::flows) fn read(engine: &Engine) -> Result<Self, LockError> {
        let now = engine.sessions.read_clock()?.now;
        Self::at(engine, now)
    }

    /// The window that is open after a heartbeat, which said the time.
    pub(in crate::flows) fn trusted(engine: &Engine, time_s: u64, now: Now) -> Result<Self, LockError> {
        let time_ms = i64::try_from(time_s).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000);
        Self::made(engine, now, |payments, offset_at| match payments.windows {
            Some(windows) => windows.trust(time_ms, now, offset_at),
            None => Windows::start(Now { wall_ms: time_ms, ..now }, offset_at),
        })
    }

    /// The window that is open at `now`.
    pub(in crate::flows) fn at(engine: &Engine, now: Now) -> Result<Self, LockError> {
        Self::made(engine, now, |payments, offset_at| payments.windows_at(now, offset_at))
    }

    fn made(
        engine: &Engine,
        now: Now,
        make: impl FnOnce(&Payments, &mut dyn FnMut(i64) -> i64) -> Windows,
    ) -> Result<Self, LockError> {
        let (payments, policy) =
            engine.ledger.read(|view| Ok((view.record.payments.clone(), view.record.policy.payment.clone())))?;
        let mut failed = None;
        let mut offset_at = |instant_ms: i64| match engine.platform.clock.utc_offset_s(instant_ms) {
            // More than a day is no zone.
            Ok(offset_s) if offset_s.unsigned_abs() <= 86_400 => i64::from(offset_s) * 1_000,
            Ok(_) => {
                failed = Some(PlatformFault);
                0
            }
            Err(fault) => {
                failed = Some(fault);
                0
            }
        };
        let windows = make(&payments, &mut offset_at);
        let moment = payments.moment(&windows, &policy, now, &mut offset_at);
        let offset_ms = offset_at(now.wall_ms);
        let from = payments.windows;
        failed.map_or(Ok(Self { now, from, windows, moment, offset_ms }), |fault| Err(fault.into()))
    }

    /// Puts the windows into the record, and returns when a payment counts. If another call changed them meanwhile,
    /// those stay, and it is night as it was at this reading.
    pub(in crate::flows) fn settle(&self, payments: &mut Payments) -> Moment {
        let mut moment = self.moment;
        if !self.put(payments) {
            moment.window = payments.windows.map_or(moment.window, |windows| windows.number());
        }
        payments.fill(moment.window);
        moment
    }

    /// Puts the windows into the record. `false`: another call changed them since they were read.
    pub(in crate::flows) fn put(&self, payments: &mut Payments) -> bool {
        let is_same = payments.windows == self.from;
        if is_same {
            payments.windows = Some(self.windows);
        }
        is_same
    }

    /// When a payment counts.
    pub(in crate::flows) fn moment(&self) -> Moment {
        self.moment
    }

    /// The zone's offset from UTC by the wall clock, in seconds: for a person who reads the line later.
    pub(in crate::flows) fn utc_offset_s(&self) -> i64 {
        self.offset_ms / 1_000
    }

    /// The windows at this reading.
    pub(in crate::flows) fn windows(&self) -> &Windows {
        &self.windows
    }
}
