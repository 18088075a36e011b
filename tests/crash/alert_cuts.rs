//! A power cut, or the end of the process, at every operation on the disk while things happen of which the owner is to be
//! told, and an app shows and acknowledges the alerts. What happened is shown or still to be shown: no alert is lost,
//! and none counts as shown that was not.

use walletlock_core::cards::NewCard;
use walletlock_core::events::Kind;
use walletlock_core::journal::{MAX_PAGE, Query};
use walletlock_core::money::Currency;
use walletlock_core::platform::testing::{FakePhone, TestRng};
use walletlock_core::policy::{Limit, Period, presets};
use walletlock_core::request::Scope;
use walletlock_core::{Alert, Enrolment, LockError, PinOutcome, Session, WalletLock};

use crate::disk::{Disk, Flushes};
use crate::orders::{OUTCOMES, PIN, Place};
use crate::phone::{copy, entry};
use crate::say;
use crate::seed::seed;

const CARD: &str = "card-1";

/// What an app can do with alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum App {
    /// It shows an alert, and acknowledges it then.
    ShowsFirst,
    /// It acknowledges the alerts, and shows them after the next thing that happens.
    AcknowledgesFirst,
}

type Happens<'a> = &'a dyn Fn() -> Result<(), LockError>;

/// What the app did until the cut.
#[derive(Default)]
struct Told {
    shown: Vec<Alert>,
    happened: Vec<Kind>,
    is_done: bool,
}

/// What is there after the cut.
struct Left {
    /// The journal's lines that alert, the oldest first.
    lines: Vec<(u64, Kind)>,
    pending: Vec<Alert>,
}

struct Before {
    place: Place,
    disk: Disk,
    phone: FakePhone,
}

impl Before {
    fn new() -> Self {
        let (place, phone) = (Place::with_policy(presets::walletlock()), FakePhone::default());
        let disk = Disk::new(Flushes::Honest);
        let lock = place.open(&disk, &phone);
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
        drop((session, lock));
        Self { disk: disk.after_kill(), place, phone }
    }

    fn look(&self, disk: &Disk, phone: &FakePhone) -> Result<Left, LockError> {
        let lock = self.place.try_open(disk, phone)?;
        let pending = pending(&lock)?;
        let session = unlocked(&lock)?;
        let page = session.journal().page(&Query { limit: MAX_PAGE, ..Query::default() })?;
        let kinds = page.entries.iter().rev().filter_map(|entry| Some((entry.number, entry.kind?)));
        let lines = kinds.filter(|(_, kind)| kind.alert().is_some()).collect();
        assert_eq!(page.next, None, "more lines than on one page");
        Ok(Left { lines, pending })
    }
}

fn unlocked(lock: &WalletLock) -> Result<Session, LockError> {
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Right(session) => Ok(session),
        _ => Err(LockError::WrongState),
    }
}

fn pending(lock: &WalletLock) -> Result<Vec<Alert>, LockError> {
    let page = lock.alerts().pending(0)?;
    assert!(!page.has_more, "more alerts than on one page");
    Ok(page.alerts)
}

/// Things happen, and after each the app shows the alerts.
fn live(lock: &WalletLock, app: App, told: &mut Told) -> Result<(), LockError> {
    let card = NewCard { id: CARD.into(), label: "Salary".into(), network: "Visa".into(), last4: "1234".into() };
    let limit = Limit::amount(Scope::All, Currency::new("EUR").expect("a currency"), Period::Day, 50);
    let things: [(Kind, Happens<'_>); 4] = [
        (Kind::CardAdded, &|| unlocked(lock)?.cards().add(&card, Some(b"token"))),
        (Kind::LimitSet, &|| unlocked(lock)?.limits().set(&limit).map(drop)),
        (Kind::CardFrozen, &|| lock.payments().freeze_card(CARD).map(drop)),
        (Kind::Frozen, &|| lock.payments().freeze(None)),
    ];
    let mut late = Vec::new();
    for (kind, happens) in things {
        happens()?;
        told.happened.push(kind);
        told.shown.append(&mut late);
        let alerts = pending(lock)?;
        match app {
            App::ShowsFirst => told.shown.extend(&alerts),
            App::AcknowledgesFirst => late.extend(&alerts),
        }
        if let Some(last) = alerts.last() {
            lock.alerts().acknowledge(last.number)?;
        }
    }
    told.is_done = true;
    Ok(())
}

/// Ends a life at every operation. Returns how often an alert was to be shown afterwards, and how often one was lost.
fn cut(before: &Before, app: App, chance: &mut TestRng) -> (u32, u32) {
    let (mut to_show, mut lost) = (0, 0);
    for operations in 0.. {
        let (told, disk, phone) = before.place.cut((&before.disk, &before.phone), operations, |lock, _| {
            let mut told = Told::default();
            // The cut is what ends it.
            let _ = live(lock, app, &mut told);
            told
        });
        let cuts = (0..OUTCOMES).map(|_| disk.after_cut(chance)).collect::<Vec<_>>();
        for disk in cuts.iter().chain([&disk.after_kill()]) {
            let left = before.look(disk, &copy(&phone, 3)).expect("the wallet opens");
            let kinds: Vec<_> = left.lines.iter().map(|(_, kind)| *kind).collect();
            assert!(told.happened.iter().all(|kind| kinds.contains(kind)), "{:?} of {kinds:?}", told.happened);
            assert!(left.pending.is_sorted_by(|one, next| one.number < next.number));
            let is_in =
                |alerts: &[Alert], line: &(u64, Kind)| alerts.iter().any(|alert| (alert.number, alert.kind) == *line);
            to_show += u32::from(!left.pending.is_empty());
            lost += u32::from(left.lines.iter().any(|line| !is_in(&told.shown, line) && !is_in(&left.pending, line)));
        }
        if told.is_done && !disk.is_off() {
            assert!(operations > 20, "cut at {operations} places");
            return (to_show, lost);
        }
    }
    (to_show, lost)
}

#[test]
fn no_alert_is_lost_and_none_counts_as_shown_that_was_not() {
    let (to_show, lost) = cut(&Before::new(), App::ShowsFirst, &mut TestRng::nth(seed(), 60));
    say(&format!("power cuts: alerts: {to_show} times some were still to be shown"));
    assert_eq!(lost, 0);
    assert!(to_show > 0);
}

/// The control.
#[test]
fn an_app_that_acknowledges_before_it_shows_loses_alerts() {
    let (_, lost) = cut(&Before::new(), App::AcknowledgesFirst, &mut TestRng::nth(seed(), 61));
    assert!(lost > 0);
}
