//! The phone's clocks, which someone may change, and one clock that nobody can change.

use walletlock_core::Now;

use crate::steps::ClockChange;

#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    boots: u32,
    boots_are_readable: bool,
    since_boot_ms: u64,
    wall_ms: i64,
    /// The milliseconds that have really passed. The lock does not know them; the promises are checked against them.
    pub(crate) ideal_ms: u64,
}

impl Default for Clocks {
    fn default() -> Self {
        Self { boots: 1, boots_are_readable: true, since_boot_ms: 3_600_000, wall_ms: 1_767_225_600_000, ideal_ms: 0 }
    }
}

impl Clocks {
    pub(crate) fn now(&self) -> Now {
        let boot = self.boots_are_readable.then_some(self.boots);
        Now { boot, since_boot_ms: self.since_boot_ms, wall_ms: self.wall_ms }
    }

    /// Changes the clocks. `remaining_ms` is how long the person has to wait.
    pub(crate) fn change(&mut self, change: ClockChange, remaining_ms: u64) {
        match change {
            ClockChange::Passes(ms) => self.pass(ms),
            ClockChange::WaitIsOver(off) => self.pass(remaining_ms.saturating_add_signed(off)),
            ClockChange::Wall(by) => self.wall_ms += by,
            ClockChange::Boot(by @ ..0) => {
                self.since_boot_ms = self.since_boot_ms.saturating_sub(by.unsigned_abs());
            }
            // To the lock, a clock set ahead looks the same as time that passes.
            ClockChange::Boot(by) => {
                self.since_boot_ms += by.unsigned_abs();
                self.ideal_ms += by.unsigned_abs();
            }
            ClockChange::BootCountRises => self.reboot(),
            ClockChange::BootCountIsReadable(readable) => self.boots_are_readable = readable,
        }
    }

    /// The phone restarts, which takes twenty seconds.
    pub(crate) fn reboot(&mut self) {
        self.boots += 1;
        self.since_boot_ms = 10_000;
        self.wall_ms += 20_000;
        self.ideal_ms += 20_000;
    }

    fn pass(&mut self, ms: u64) {
        self.since_boot_ms += ms;
        self.ideal_ms += ms;
        self.wall_ms = self.wall_ms.saturating_add_unsigned(ms);
    }
}
