//! Power cuts at random moments of random lives: the wallet always opens, no charge is missing, nothing is corrupt.
//!
//! A life is random calls on a fake phone, its database on a [`Disk`]. The power goes at a random operation of that
//! disk: in the middle of a call, of a checkpoint, of opening, or of the recovery from the cut before. Several outcomes
//! of that moment are drawn (which sectors arrived, and so on: `disk.rs`). Each is checked (`survivor.rs`), and the
//! life goes on from the last of them. The checks accept exactly the states that the account allows (`account.rs`). Now
//! and then the process is killed instead: then nothing is lost, but the next cut may still lose what was not flushed.
//!
//! `WALLETLOCK_CUTS` sets how many cuts, `WALLETLOCK_SEED` which ones. The same seed makes the same lives;
//! `WALLETLOCK_LIFE` plays only one of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use walletlock_core::platform::testing::TestRng;

use crate::account::Seen;
use crate::disk::{Disk, Flushes, Operation};
use crate::life::{Act, Call, Life};
use crate::mount::Mount;
use crate::phone::DATABASE;
use crate::say;
use crate::seed::{number_from, seed};
use crate::survivor::{Survivor, Violation};

/// Cuts in one life, in which one wallet may follow another.
const CUTS_IN_A_LIFE: u64 = 60;
/// Outcomes drawn for each cut.
const OUTCOMES: u64 = 6;

/// What the wallet was doing when the power went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Opening,
    Closing,
    Checkpointing,
    Enrolling,
    Charging,
    Settling,
    Wiping,
    Changing,
    WritingItems,
    Removing,
    Looking,
    SwitchingBiometrics,
    UsingBiometrics,
    SettingCode,
    Recovering,
}

const MOMENTS: [Moment; 15] = [
    Moment::Opening,
    Moment::Closing,
    Moment::Checkpointing,
    Moment::Enrolling,
    Moment::Charging,
    Moment::Settling,
    Moment::Wiping,
    Moment::Changing,
    Moment::WritingItems,
    Moment::Removing,
    Moment::Looking,
    Moment::SwitchingBiometrics,
    Moment::UsingBiometrics,
    Moment::SettingCode,
    Moment::Recovering,
];

impl Moment {
    fn of(call: &Call, cut: &(Operation, String)) -> Self {
        let (operation, file) = cut;
        match call.act {
            Act::Open => Self::Opening,
            Act::Close => Self::Closing,
            _ if file == DATABASE || *operation == Operation::Truncate => Self::Checkpointing,
            Act::Enrol => Self::Enrolling,
            Act::Look => Self::Looking,
            Act::Wipe => Self::Wiping,
            Act::Write | Act::Delete => Self::WritingItems,
            Act::Enable | Act::Disable => Self::SwitchingBiometrics,
            Act::Finger | Act::Strangers | Act::NewFinger => Self::UsingBiometrics,
            Act::SetCode => Self::SettingCode,
            Act::Recover => Self::Recovering,
            _ if call.seen == Seen::Begun => Self::Charging,
            // The call had returned, and the test was asking for the status.
            _ if call.seen == Seen::Returned => Self::Looking,
            _ if call.wipes => Self::Wiping,
            Act::Change if call.touched_keys => Self::Changing,
            Act::Remove if call.touched_keys => Self::Removing,
            Act::Right | Act::Wrong | Act::Repeat | Act::Change | Act::Remove => Self::Settling,
        }
    }
}

#[derive(Default)]
struct Tally {
    cuts: u64,
    kills: u64,
    moments: BTreeMap<Moment, u64>,
    violations: Vec<Violation>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.cuts += other.cuts;
        self.kills += other.kills;
        self.violations.extend(other.violations);
        for (moment, times) in other.moments {
            *self.moments.entry(moment).or_default() += times;
        }
    }
}

/// Plays many lives on all cores. Which core plays a life changes nothing.
fn live(cuts: u64, seed: u64, flushes: Flushes) -> Tally {
    let (next, only) = (AtomicU64::new(0), number_from("WALLETLOCK_LIFE"));
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    let work = || {
        let folder = TempDir::new().expect("a folder");
        let mount = Mount::new(folder.path().to_owned());
        let mut tally = Tally::default();
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth * CUTS_IN_A_LIFE >= cuts {
                return tally;
            }
            if only.is_some_and(|only| only != nth) {
                continue;
            }
            let lived = one_life(&mount, flushes, &mut TestRng::nth(seed, nth));
            let named = lived.violations.into_iter().map(|what| format!("life {nth}: {what}")).collect();
            tally.add(Tally { violations: named, ..lived });
        }
    };
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().for_each(|thread| tally.add(thread.join().expect("no panic")));
    });
    tally
}

fn one_life(mount: &Mount, flushes: Flushes, chance: &mut TestRng) -> Tally {
    let mut tally = Tally::default();
    let mut life = Life::begin(mount, flushes, chance);
    while tally.cuts < CUTS_IN_A_LIFE {
        let within = chance.pick(&[12, 60, 120, 400]);
        life.disk.cut_after(chance.below(within) as u64);
        let lived = (|| {
            while !life.disk.is_off() && !life.is_over() {
                life.act(chance)?;
            }
            life.disk.cut().map_or(Ok(false), |cut| go_on(&mut life, mount, &cut, chance, &mut tally).map(|()| true))
        })();
        tally.violations.extend(lived.as_ref().err().cloned());
        if lived != Ok(true) {
            life.restart_on(Disk::new(flushes));
            life = Life::begin(mount, flushes, chance);
        }
    }
    tally
}

/// Checks what the cut may have left, and lets the life go on from there.
fn go_on(
    life: &mut Life<'_>,
    mount: &Mount,
    cut: &(Operation, String),
    chance: &mut TestRng,
    tally: &mut Tally,
) -> Result<(), Violation> {
    let moment = Moment::of(&life.last, cut);
    let look = |life: &Life<'_>, disk: &Disk, phone: &_| {
        let survivor = Survivor { mount, disk, phone, policy: &life.policy };
        survivor.find(life.account.possible()).map_err(|what| format!("{moment:?} ({cut:?}): {what}"))
    };
    if chance.one_in(8) {
        tally.kills += 1;
        let left = life.disk.after_kill();
        life.end_app();
        let found = look(life, &left, &life.phone)?;
        life.account.found_after_kill(found);
        life.restart_on(left);
        return Ok(());
    }
    life.end_app();
    life.phone.clock.reboot();
    let mut went_on = Ok(());
    for nth in 1..=OUTCOMES {
        let left = life.disk.after_cut(chance);
        tally.cuts += 1;
        *tally.moments.entry(moment).or_default() += 1;
        match look(life, &left, &life.phone) {
            Ok(found) if nth == OUTCOMES => {
                life.account.found_after_cut(found);
                life.restart_on(left);
            }
            Ok(_) => {}
            Err(what) if nth == OUTCOMES => went_on = Err(what),
            Err(what) => tally.violations.push(what),
        }
    }
    went_on
}

#[test]
fn no_charge_is_lost_in_a_power_cut_and_nothing_is_corrupt() {
    let (cuts, seed) = (number_from("WALLETLOCK_CUTS").unwrap_or(50_000), seed());
    let start = Instant::now();
    let tally = live(cuts, seed, Flushes::Honest);
    say(&format!(
        "power cuts: {} cuts, {} kills, seed {seed}, {} violations, {:.0} s; {:?}",
        tally.cuts,
        tally.kills,
        tally.violations.len(),
        start.elapsed().as_secs_f64(),
        tally.moments,
    ));
    assert!(tally.violations.is_empty(), "the first: {:#?}", &tally.violations[..tally.violations.len().min(5)]);
    if number_from("WALLETLOCK_LIFE").is_some() {
        return;
    }
    assert!(tally.cuts >= cuts);
    for moment in MOMENTS {
        // With fewer cuts, not every moment can be met.
        let was_met = cuts < 20_000 || tally.moments.contains_key(&moment);
        assert!(was_met, "no cut while {moment:?}: they prove nothing about that");
    }
}

/// The controls: the same lives on disks that report flushes that they did not make. The checks must notice.
#[test]
fn a_disk_that_does_not_flush_is_caught() {
    let (cuts, seed) = (number_from("WALLETLOCK_CUTS").map_or(2_000, |cuts| cuts / 50), seed());
    for (what, flushes, least_in_100) in [
        ("no flush", Flushes::Dropped, 25),
        ("no flush of the log", Flushes::DroppedOf("-wal"), 25),
        ("no flush of the database", Flushes::DroppedOf(".db"), 10),
    ] {
        let tally = live(cuts, seed, flushes);
        let caught = tally.violations.len() as u64;
        say(&format!("power cuts, control: {what}: {caught} of {} caught, seed {seed}", tally.cuts));
        assert!(caught * 100 >= tally.cuts * least_in_100, "{what}: the checks see next to nothing");
    }
}
