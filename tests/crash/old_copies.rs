//! Puts old copies of a wallet's files back under the present keystore: all of them are detected.
//!
//! | put in place of the wallet | |
//! |---|---|
//! | a copy of the same wallet | locked: the key of its seal is gone |
//! | a copy from before the PIN was changed | locked too, and its PIN's key is gone as well |
//! | a copy of a wallet that was removed | locked, whether or not another one was made since |
//! | a copy from before the wallet was made | locked: there are keys, and no record |
//! | one copy's database with another's log | locked, or the present record; older parts are detected when read |
//! | a copy from before or after the last settlement | the present: a charge and its settlement have one key |

use std::collections::BTreeMap;

use walletlock_core::platform::testing::FakePhone;

use crate::account::Items;
use crate::phone;
use crate::say;
use crate::scripted::{Files, Found, Scripted};

const PINS: [&str; 3] = ["493716", "582941", "604183"];

/// The wallet at one moment of its life: its files, the phone with its keystore, and what the wallet holds.
struct Moment {
    name: &'static str,
    files: Files,
    phone: FakePhone,
    /// The PIN in force, the failures, the items. `None` if there is no wallet.
    holds: Option<(&'static str, u32, Items)>,
}

/// The moments of one life, in order, and what is needed to open copies of them.
struct Album {
    moments: Vec<Moment>,
    wallet: Scripted,
}

/// What becomes of a copy, as a letter in a row of [`TABLE`].
type Letter = char;
/// The wallet is as it is now.
const PRESENT: Letter = '=';
/// The wallet is as it was once: fewer or more failures, older items. That never happens here; the control shows that
/// it would be noticed.
const BACK: Letter = '<';
/// The wallet locks when it is opened.
const LOCKED: Letter = 'D';
/// The wallet locks, or reports a broken chain, when it is read.
const LOCKED_INSIDE: Letter = 'd';

/// One row for each moment as the present; one letter for each copy put in its place, in the order of the moments.
const TABLE: [&str; 14] = [
    "=", // never used
    "D=",
    "DD=",
    "DDD=",
    "DDD==", // restarted: the same, elsewhere
    "DDDDD=",
    "DDDDDD=",
    "DDDDDDD=", // PIN changed
    "DDDDDDDD=",
    "DDDDDDDDD=",
    "DDDDDDDDDD=",
    "=DDDDDDDDDD=", // removed: as if never used
    "DDDDDDDDDDDD=",
    "DDDDDDDDDDDDD=",
];

/// The results of all mixes of one copy's database with another's log, or with none.
const MIXED: [(Letter, u64); 3] = [(PRESENT, 94), (LOCKED, 916), (LOCKED_INSIDE, 5)];

fn live() -> Album {
    let [first, second, third] = PINS;
    let items = |of: &[&'static str]| of.iter().map(|id| (*id, id.as_bytes().to_vec())).collect::<Items>();
    let mut wallet = Scripted::begin();
    let mut moments = Vec::new();
    let mut take = |name, wallet: &Scripted, holds: Option<(&'static str, u32, &[&'static str])>| {
        let holds = holds.map(|(pin, failures, of)| (pin, failures, items(of)));
        moments.push(Moment { name, files: wallet.files(), phone: phone::copy(&wallet.phone, 5), holds });
    };
    take("never used", &wallet, None);
    wallet.enrol(first);
    take("enrolled", &wallet, Some((first, 0, &[])));
    wallet.wrong(1);
    take("1 wrong", &wallet, Some((first, 1, &[])));
    wallet.wrong(2);
    take("2 wrong", &wallet, Some((first, 2, &[])));
    wallet.restart();
    take("2 wrong, restarted", &wallet, Some((first, 2, &[])));
    wallet.right(first).vault().write("card", b"card").expect("written");
    take("right, item written", &wallet, Some((first, 0, &["card"])));
    wallet.wrong(3);
    take("1 wrong", &wallet, Some((first, 1, &["card"])));
    wallet.change(first, second);
    take("PIN changed", &wallet, Some((second, 0, &["card"])));
    wallet.wrong(4);
    take("1 wrong", &wallet, Some((second, 1, &["card"])));
    wallet.restart();
    wallet.wrong(5);
    take("restarted, 2 wrong", &wallet, Some((second, 2, &["card"])));
    wallet.right(second).vault().write("note", b"note").expect("written");
    wallet.wrong(6);
    take("item written, 1 wrong", &wallet, Some((second, 1, &["card", "note"])));
    wallet.remove(second);
    take("removed", &wallet, None);
    wallet.enrol(third);
    take("enrolled again", &wallet, Some((third, 0, &[])));
    wallet.wrong(7);
    take("1 wrong", &wallet, Some((third, 1, &[])));
    wallet.end();
    Album { moments, wallet }
}

impl Album {
    /// Opens these files, none newer than the moment `present`, on the phone of that moment. An error is a state that
    /// the wallet was never in.
    fn open(&self, present: usize, files: &Files) -> Result<Letter, String> {
        let Moment { phone, holds: now, .. } = &self.moments[present];
        let found = files.open(&self.wallet.mount, phone, &self.wallet.policy, &PINS);
        let held = match &found {
            Found::Damaged => return Ok(LOCKED),
            Found::DamagedInside { .. } => return Ok(LOCKED_INSIDE),
            Found::Unconfigured => None,
            Found::Whole { failures, opened } => match opened.as_slice() {
                [(pin, items)] => Some((*pin, *failures, items.clone())),
                other => return Err(format!("opened by {other:?}")),
            },
            other => return Err(format!("{other:?}")),
        };
        let pin = |holds: &Option<(&'static str, u32, Items)>| holds.as_ref().map(|(pin, ..)| *pin);
        if held == *now {
            Ok(PRESENT)
        } else if pin(&held) != pin(now) {
            Err(format!("an old PIN, or none: {held:?}"))
        } else if self.moments[..present].iter().any(|moment| moment.holds == held) {
            Ok(BACK)
        } else {
            Err(format!("it was never like that: {held:?}"))
        }
    }

    /// Puts back whole copies: one row for each present, one letter for each copy; the last letter is the present
    /// itself.
    fn table(&self) -> Vec<String> {
        let letter = |present, copy: usize| self.open(present, &self.moments[copy].files).expect("something that was");
        let row = |present| (0..=present).map(|copy| letter(present, copy)).collect();
        (0..self.moments.len()).map(row).collect()
    }
}

#[test]
fn a_copy_from_before_a_new_pin_or_a_removal_is_locked() {
    let album = live();
    let pin = |nth: usize| album.moments[nth].holds.as_ref().map(|(pin, ..)| *pin);
    let mut locked = 0;
    for (present, row) in album.table().iter().enumerate() {
        for (copy, letter) in row.chars().enumerate().filter(|(copy, _)| pin(*copy) != pin(present)) {
            let (was, is) = (album.moments[copy].name, album.moments[present].name);
            assert_eq!(letter, LOCKED, "'{was}' ({copy}) in place of '{is}' ({present})");
            locked += 1;
        }
    }
    assert_eq!(locked, 68, "so many copies are of another wallet or another PIN");
}

#[test]
fn no_old_copy_comes_back() {
    assert_eq!(live().table(), TABLE);
}

#[test]
fn a_database_with_the_log_of_another_copy_is_nothing_that_never_was() {
    let album = live();
    let mut counts = BTreeMap::<Letter, u64>::new();
    for present in 0..album.moments.len() {
        for database in 0..=present {
            for log in (0..=present).map(Some).chain([None]).filter(|log| *log != Some(database)) {
                let files = Files {
                    database: album.moments[database].files.database.clone(),
                    log: log.and_then(|log| album.moments[log].files.log.clone()),
                };
                let letter = album.open(present, &files).unwrap_or_else(|what| {
                    panic!("the database of {database} and the log of {log:?} in place of {present}: {what}")
                });
                *counts.entry(letter).or_default() += 1;
            }
        }
    }
    say(&format!("old copies, mixed: {counts:?}"));
    assert_eq!(counts, BTreeMap::from(MIXED), "of all {} mixes", counts.values().sum::<u64>());
}

/// The control: with the keystore of its time a copy comes back, and a state that the wallet was never in is noticed.
#[test]
fn a_copy_with_the_keystore_of_its_time_comes_back_and_what_never_was_is_noticed() {
    let mut album = live();
    let copy = album.moments[3].files.clone();
    album.moments[5].phone = phone::copy(&album.moments[3].phone, 5);
    assert_eq!(album.open(5, &copy), Ok(BACK));
    for moment in &mut album.moments[3..5] {
        moment.holds = Some((PINS[0], 9, Items::new()));
    }
    assert!(album.open(5, &copy).is_err());
}
