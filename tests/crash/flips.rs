//! Flips every byte of a wallet's files, one at a time: the wallet opens as it is, or it locks. It never opens wrongly.
//!
//! A flip in the database is detected, or it hits bytes that nobody reads. A flip in the log is not always damage:
//! SQLite checks each page there by a checksum and takes the first page that fails for the trace of a power cut. What
//! was committed from there on is gone. Nothing in the files tells that there was a later record, but the keystore
//! does: it has deleted the key of each record but the last. Only a settlement can be undone without notice, because it
//! is sealed with the same key as its charge.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use tempfile::TempDir;
use walletlock_core::LockError;
use walletlock_core::platform::testing::{FakePhone, TestRng};

use crate::account::Items;
use crate::mount::Mount;
use crate::phone;
use crate::say;
use crate::scripted::{Files, Found, Scripted};
use crate::seed::seed;

const PIN: &str = "493716";
/// The bytes of the log's header, of a frame's header, and of a frame (sqlite.org, "Database File Format", section
/// 4.1).
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const FRAME: usize = FRAME_HEADER + 4096;

/// The result of a flip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Flip {
    /// The wallet is as it was.
    Nothing,
    /// The wallet is as it was before some commit.
    Earlier,
    /// The same, and it counts fewer failures.
    EarlierWithFewerFailures,
    Locks,
    /// The wallet locks, or reports a broken journal line, as soon as someone reads it.
    LocksWhenRead,
    /// The file claims to be from a newer version, and is refused.
    Newer,
    /// The wallet opens, but accepts no try because it cannot write one down.
    ReadOnly,
}

/// A wallet after a short life.
struct Lived {
    wallet: Scripted,
    /// The files that the app left when it ended.
    closed: Files,
    /// The phone at that time. Its keystore has changed since.
    when_closed: FakePhone,
    /// The phone before the last wrong PIN.
    before_the_last: FakePhone,
    /// The files that the app left when it was killed some calls later.
    killed: Files,
    /// Failures and items at every commit, including charges that a kill left unsettled. The first state is the one in
    /// `closed`, the last the one in `killed`.
    committed: Vec<(u32, Items)>,
}

fn live() -> Lived {
    let mut wallet = Scripted::begin();
    wallet.enrol(PIN);
    wallet.right(PIN).vault().write("card", b"4111").expect("written");
    wallet.wrong(1);
    wallet.restart();
    let (closed, when_closed) = (wallet.files(), phone::copy(&wallet.phone, 5));
    assert!(closed.log.is_none(), "all of it is in the database");
    wallet.wrong(2);
    wallet.right(PIN).vault().write("note", b"paid").expect("written");
    let before_the_last = phone::copy(&wallet.phone, 5);
    wallet.wrong(3);
    let killed = wallet.files();
    assert!(killed.database == closed.database, "and all of this is in the log");
    let card = Items::from([("card", b"4111".to_vec())]);
    let both = Items::from([("card", b"4111".to_vec()), ("note", b"paid".to_vec())]);
    let committed = [(1, &card), (2, &card), (3, &card), (0, &card), (0, &both), (1, &both)];
    let committed = committed.map(|(failures, items)| (failures, items.clone())).to_vec();
    Lived { wallet, closed, when_closed, before_the_last, killed, committed }
}

/// What a flip did to a wallet that was in the states of `committed`, the last of which is the present one. An error if
/// no flip may do that.
fn judge(found: &Found, committed: &[(u32, Items)]) -> Result<Flip, String> {
    let (present, earlier) = committed.split_last().expect("a state");
    match found {
        Found::Damaged => Ok(Flip::Locks),
        Found::DamagedInside { failures } if *failures == present.0 => Ok(Flip::LocksWhenRead),
        Found::Refused(LockError::NewerVersion) => Ok(Flip::Newer),
        Found::ReadOnly => Ok(Flip::ReadOnly),
        Found::Whole { failures, opened } => {
            let [(PIN, items)] = opened.as_slice() else { return Err(format!("{found:?}")) };
            let state = (*failures, items.clone());
            match () {
                () if state == *present => Ok(Flip::Nothing),
                () if !earlier.contains(&state) => Err(format!("{found:?}")),
                () if *failures < present.0 => Ok(Flip::EarlierWithFewerFailures),
                () => Ok(Flip::Earlier),
            }
        }
        other => Err(format!("{other:?}")),
    }
}

/// Flips each byte of the file that `pick` selects, and counts the results.
fn flip_all(
    lived: &Lived,
    (files, phone): (&Files, &FakePhone),
    pick: fn(&mut Files) -> &mut Vec<u8>,
    committed: &[(u32, Items)],
    seed: u64,
) -> BTreeMap<Flip, u64> {
    let length = pick(&mut files.clone()).len();
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    let work = |core: usize| {
        let folder = TempDir::new().expect("a folder");
        let mount = Mount::new(folder.path().to_owned());
        let mut counts = BTreeMap::<Flip, u64>::new();
        for at in (core..length).step_by(cores) {
            let mut flipped = files.clone();
            let mask = 1 + TestRng::nth(seed, at as u64).below(255) as u8;
            pick(&mut flipped)[at] ^= mask;
            let found = flipped.open(&mount, phone, &lived.wallet.policy, &[PIN]);
            let flip = judge(&found, committed);
            *counts
                .entry(flip.unwrap_or_else(|what| panic!("byte {at} ^ {mask}, seed {seed}: {what}")))
                .or_default() += 1;
        }
        counts
    };
    let mut all = BTreeMap::<Flip, u64>::new();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || work(core))).collect();
        for (flip, times) in threads.into_iter().flat_map(|thread| thread.join().expect("no flip opens wrong")) {
            *all.entry(flip).or_default() += times;
        }
    });
    assert_eq!(all.values().sum::<u64>(), length as u64);
    all
}

#[test]
fn a_flip_in_the_database_changes_nothing_or_locks() {
    let (lived, seed, start) = (live(), seed(), Instant::now());
    let closed = (&lived.closed, &lived.when_closed);
    let found = flip_all(&lived, closed, |files| &mut files.database, &lived.committed[..1], seed);
    say(&format!("flips in the database: {found:?}, seed {seed}, {:.0} s", start.elapsed().as_secs_f64()));
    let all: u64 = found.values().sum();
    let times = |flip| found.get(&flip).copied().unwrap_or_default();
    assert_eq!(times(Flip::Earlier) + times(Flip::EarlierWithFewerFailures), 0, "there is nothing to go back to");
    assert!(times(Flip::Locks) * 20 > all, "the record alone makes up this share of the file");
    assert!(times(Flip::LocksWhenRead) * 50 > all, "the journal and the items make up this share");
    assert!(times(Flip::Nothing) < all * 9 / 10, "the rest is room that nothing stands in");
    assert!(times(Flip::Newer) + times(Flip::ReadOnly) < 20, "these are a few bytes of the header");
}

#[test]
fn a_flip_in_the_log_changes_nothing_or_locks() {
    let (lived, seed, start) = (live(), seed(), Instant::now());
    let pick: fn(&mut Files) -> &mut Vec<u8> = |files| files.log.as_mut().expect("a log");
    let found = flip_all(&lived, (&lived.killed, &lived.wallet.phone), pick, &lived.committed, seed);
    say(&format!("flips in the log: {found:?}, seed {seed}, {:.0} s", start.elapsed().as_secs_f64()));
    let all: u64 = found.values().sum();
    let times = |flip| found.get(&flip).copied().unwrap_or_default();
    assert!(times(Flip::Locks) * 2 > all, "every page in it is under a checksum");
    assert_eq!(times(Flip::EarlierWithFewerFailures), 0, "a try is taken back");
    // From the flip to the end of the log only settlements are missing, as if the process had been killed before them.
    assert!(times(Flip::Earlier) < all / 10, "a settlement is a small part of it");
}

/// The control: where the keystore is put back too, a flip in the log takes back a try.
#[test]
fn a_flip_in_the_log_takes_back_a_try_where_the_keystore_is_put_back_too() {
    let lived = live();
    let folder = TempDir::new().expect("a folder");
    let mount = Mount::new(folder.path().to_owned());
    let frames = (lived.killed.log.as_ref().expect("a log").len() - LOG_HEADER) / FRAME;
    let fewer = (0..frames).filter(|frame| {
        let mut flipped = lived.killed.clone();
        flipped.log.as_mut().expect("a log")[LOG_HEADER + frame * FRAME + FRAME_HEADER] ^= 1;
        let found = flipped.open(&mount, &lived.before_the_last, &lived.wallet.policy, &[PIN]);
        judge(&found, &lived.committed) == Ok(Flip::EarlierWithFewerFailures)
    });
    assert!(fewer.count() > 0, "no flip took a try back, so this control proves nothing");
}

/// The control: a state that the wallet was not in yet, or a wallet that its PIN does not open, is not taken for the
/// result of a flip.
#[test]
fn what_never_was_is_noticed() {
    let lived = live();
    let folder = TempDir::new().expect("a folder");
    let mount = Mount::new(folder.path().to_owned());
    let open = |files: &Files, pins| files.open(&mount, &lived.wallet.phone, &lived.wallet.policy, pins);
    assert_eq!(judge(&open(&lived.killed, &[PIN]), &lived.committed), Ok(Flip::Nothing));
    assert!(judge(&open(&lived.killed, &[PIN]), &lived.committed[..5]).is_err(), "one failure more");
    assert!(judge(&open(&lived.killed, &[]), &lived.committed).is_err(), "the owner is locked out");
}
