//! Random histories of payments: approved, refused, mistyped, settled, killed halfway, at the same time, across restarts
//! and midnights, with limits that are lowered and raised. Beside the wallet stands a small book of what was handed out
//! and what the provider signed; no rule of the wallet is repeated in it but the limit itself.
//!
//! `WALLETLOCK_SEED` sets the seed, and `WALLETLOCK_HISTORIES` how many histories are played.

use std::collections::BTreeMap;
use std::thread;

use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::payment::{LimitChange, PaymentState};
use walletlock_core::platform::testing::TestRng;
use walletlock_core::policy::{Limit, Period};
use walletlock_core::request::Scope;
use walletlock_core::{PaymentOutcome, PinOutcome, WordDone, WordError, WordOutcome};

use crate::backend::Backend;
use crate::camera::Camera;
use crate::till::{ask, day_limit, euro, keep, left, pay, payment, with_provider};
use crate::wallet::{PIN, Wallet, entry, open};

/// Always the same seed unless one is given, so that a failure means a change and not bad luck.
const SEED: u64 = 20_260_118;
const HISTORIES: u64 = 12;
const EVENTS: usize = 40;
/// The policy's limit, in euros a day.
const DAY: u64 = 10_000;
const DAY_MS: u64 = 24 * 3_600_000;

/// What was handed out for a payment, and what counts of it.
#[derive(Clone, Copy, Debug)]
struct Handed {
    day: u64,
    counts: u64,
    is_settled: bool,
}

/// What the world outside of the wallet knows.
#[derive(Default)]
struct Book {
    handed: BTreeMap<String, Handed>,
    /// Set aside for payments that were killed: nothing was handed out, and it counts or it does not.
    perhaps: BTreeMap<String, (u64, u64)>,
}

impl Book {
    /// What counts in this window: what was handed out, less what the provider signed that it did not use, and what it
    /// charged beyond.
    fn used(&self, day: u64) -> u64 {
        self.handed.values().filter(|handed| handed.day == day).map(|handed| handed.counts).sum()
    }

    /// The same, without what was charged beyond what was handed out.
    fn handed_out(&self, day: u64) -> u64 {
        let handed_out = self.handed.iter().filter(|(id, handed)| handed.day == day && !id.contains(' '));
        handed_out.map(|(_, handed)| handed.counts).sum()
    }

    /// What may count besides, because a process was killed.
    fn perhaps(&self, day: u64) -> u64 {
        self.perhaps.values().filter(|(of, _)| *of == day).map(|(_, minor)| minor).sum()
    }
}

struct Life {
    backend: Backend,
    wallet: Option<Wallet>,
    book: Book,
    rng: TestRng,
    ids: u32,
    day: u64,
    /// Milliseconds since the window opened.
    into_day_ms: u64,
    /// The owner's limit, and the one that it becomes later.
    limit: Option<u64>,
    raise: Option<(u64, u64)>,
}

impl Life {
    fn new(rng: TestRng) -> Self {
        let (backend, wallet) = with_provider(day_limit(DAY));
        let book = Book::default();
        Self { backend, wallet: Some(wallet), book, rng, ids: 0, day: 0, into_day_ms: 0, limit: None, raise: None }
    }

    fn wallet(&self) -> &Wallet {
        self.wallet.as_ref().expect("alive")
    }

    fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("p-{}", self.ids)
    }

    fn bound(&self) -> u64 {
        self.limit.unwrap_or(DAY).min(DAY)
    }

    /// Invariants 1, 2, 4 and 6: nothing beyond the limit was handed out; what the wallet counts is what was handed out,
    /// and at most what killed processes set aside besides.
    fn check(&self) {
        let (used, perhaps) = (self.book.used(self.day), self.book.perhaps(self.day));
        let handed_out = self.book.handed_out(self.day);
        assert!(handed_out <= DAY, "{handed_out} were handed out in one window");
        let left = left(self.wallet(), DAY);
        let counted = self.bound().saturating_sub(left);
        let least = used.min(self.bound());
        assert!(counted >= least, "{counted} count, and {used} were handed out");
        assert!(left == 0 || counted <= used + perhaps, "{counted} count, of {used} and perhaps {perhaps}");
    }

    fn note(&mut self, id: &str, minor: u64, outcome: &PaymentOutcome, left_before: u64) {
        match outcome {
            PaymentOutcome::Approved(authorisation) => {
                assert!(minor <= left_before, "{minor} were approved, and {left_before} were left");
                keep(authorisation);
                let said = self.backend.check(authorisation).expect("both signatures");
                assert_eq!(said["amount_minor"], minor.to_string());
                // Invariant 3: what was handed out is on the disk.
                let state = self.wallet().lock.payments().state_of(id).expect("known");
                assert_eq!(state, Some(PaymentState::Reserved), "{id}");
                self.book.handed.insert(id.to_owned(), Handed { day: self.day, counts: minor, is_settled: false });
            }
            PaymentOutcome::Refused(_) => {}
            other => panic!("{other:?}"),
        }
    }

    fn pay(&mut self) {
        let (id, minor) = (self.next_id(), 1 + self.rng.below(4_000) as u64);
        let left = left(self.wallet(), DAY);
        let outcome = pay(self.wallet(), &payment(&id, minor));
        self.note(&id, minor, &outcome, left);
    }

    fn mistype(&mut self) {
        let id = self.next_id();
        let left_before = left(self.wallet(), DAY);
        if let PaymentOutcome::NeedsProof(needs) = ask(self.wallet(), &payment(&id, 1)) {
            let wrong = format!("{:06}", 700_000 + self.ids);
            let outcome = self.wallet().lock.payments().confirm_pin(needs.handle, &entry(&wrong)).expect("an outcome");
            assert!(matches!(outcome, PaymentOutcome::PinRefused(_)), "{outcome:?}");
            self.wallet().unlock().close();
        }
        assert_eq!(left(self.wallet(), DAY), left_before, "nothing was handed out");
    }

    /// Two payments at the same moment: together they stay within what is left.
    fn pay_twice(&mut self) {
        let (ids, minor) = ([self.next_id(), self.next_id()], 1 + self.rng.below(6_000) as u64);
        let outcomes = thread::scope(|scope| {
            let wallet = self.wallet();
            ids.each_ref()
                .map(|id| scope.spawn(move || pay(wallet, &payment(id, minor))))
                .map(|paying| paying.join().expect("no panic"))
        });
        for (id, outcome) in ids.iter().zip(&outcomes) {
            match outcome {
                PaymentOutcome::Approved(_) => self.note(id, minor, outcome, DAY),
                // The PIN was checked for the other one meanwhile.
                PaymentOutcome::Refused(_) | PaymentOutcome::PinRefused(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(self.book.handed_out(self.day) <= DAY);
    }

    /// The process is killed at one of the keystore's calls of a payment. Nothing was handed out, so what is left is as
    /// before, or less by the payment: invariant 7.
    fn pay_and_die(&mut self) {
        let (id, minor) = (self.next_id(), 1 + self.rng.below(2_000) as u64);
        let before = left(self.wallet(), DAY);
        let wallet = self.wallet.take().expect("alive").restart();
        let camera = Camera::on(&wallet.phone, wallet.folder.path());
        drop(pay(&wallet, &payment(&id, minor)));
        let mut pictures = camera.pictures();
        if pictures.is_empty() {
            self.wallet = Some(wallet);
            return;
        }
        let picture = pictures.swap_remove(self.rng.below(pictures.len()));
        let phone = wallet.phone.with_keystore(picture.device_key);
        let policy = wallet.policy.clone();
        drop(wallet.lock);
        let lock = open(&picture.folder, &phone, &policy).expect("it opens again");
        self.wallet = Some(Wallet { phone, policy, lock, folder: picture.folder });
        let after = left(self.wallet(), DAY);
        assert!(after == before || after == before.saturating_sub(minor), "{before} were left, then {after}: {minor}");
        if after < before {
            self.book.perhaps.insert(id, (self.day, minor));
        }
        // The try that was cut short counts as wrong.
        self.wallet().unlock().close();
    }

    fn settle(&mut self) {
        let ids: Vec<_> = self.book.handed.keys().cloned().collect();
        if ids.is_empty() {
            return;
        }
        let id = ids[self.rng.below(ids.len())].clone();
        let handed = self.book.handed[&id];
        let minor = if self.rng.one_in(3) { None } else { Some(self.rng.below(5_000) as u64) };
        match self.backend.settle(self.wallet(), &id, minor) {
            WordOutcome::Done(WordDone::PaymentSettled) => {}
            // After many days its end was forgotten.
            WordOutcome::Refused(WordError::NotAsked) => return,
            other => panic!("{other:?}"),
        }
        if handed.is_settled {
            // Only what was charged beyond counts, and that is in the present window.
            self.settle_again(&id, minor);
            return;
        }
        let now = minor.unwrap_or(0);
        let book = self.book.handed.get_mut(&id).expect("known");
        (book.counts, book.is_settled) = (now.min(handed.counts), true);
        self.charge_beyond(&id, now.saturating_sub(handed.counts), now);
    }

    fn settle_again(&mut self, id: &str, minor: Option<u64>) {
        let state = self.wallet().lock.payments().state_of(id).expect("known");
        let Some(PaymentState::Captured { minor: now }) = state else { return };
        // What was handed out for it, and what was charged beyond; and not those whose ids begin alike.
        let beyond = format!("{id} ");
        let is_it = |other: &str| other == id || other.starts_with(&beyond);
        let known: u64 = self.book.handed.iter().filter(|(other, _)| is_it(other)).map(|(_, it)| it.counts).sum();
        assert!(minor.is_none_or(|minor| now <= minor.max(known)), "{now} of {minor:?} and {known}");
        self.charge_beyond(id, now.saturating_sub(known), now);
    }

    /// What is charged beyond what was set aside counts where it comes, and may pass the limit.
    fn charge_beyond(&mut self, id: &str, excess: u64, now: u64) {
        if excess > 0 {
            let handed = Handed { day: self.day, counts: excess, is_settled: true };
            self.book.handed.insert(format!("{id} beyond {now}"), handed);
        }
    }

    fn wait(&mut self) {
        let ms = [60_000, 200_000, 3_600_000, 5 * 3_600_000, DAY_MS][self.rng.below(5)];
        self.wallet().phone.clock.advance_ms(ms);
        self.into_day_ms += ms;
        self.day += self.into_day_ms / DAY_MS;
        self.into_day_ms %= DAY_MS;
        if let Some((to, left_ms)) = self.raise {
            self.raise = Some((to, left_ms.saturating_sub(ms)));
        }
        self.raise_if_due();
    }

    fn raise_if_due(&mut self) {
        if let Some((to, 0)) = self.raise {
            (self.limit, self.raise) = (Some(to), None);
        }
    }

    /// Invariant 5: lower at once, higher never early.
    fn change_limit(&mut self) {
        let to = 1_000 * (1 + self.rng.below(10) as u64);
        let session = self.wallet().unlock();
        let changed = session.limits().set(&Limit::amount(Scope::All, euro(), Period::Day, to)).expect("changed");
        drop(session);
        match (changed, self.limit) {
            (LimitChange::Pending { left_ms }, Some(limit)) if to > limit => self.raise = Some((to, left_ms)),
            (LimitChange::Set, limit) if limit.is_none_or(|limit| to < limit) => {
                (self.limit, self.raise) = (Some(to), None);
            }
            (LimitChange::Unchanged, Some(limit)) if to == limit => self.raise = None,
            other => panic!("{other:?} to {to}"),
        }
    }

    fn restart(&mut self) {
        let wallet = self.wallet.take().expect("alive");
        self.wallet = Some(wallet.restart());
    }

    /// Invariant 4: the journal tells the same.
    fn replay(&self) {
        let session = self.wallet().unlock();
        let kinds = vec![Kind::PaymentReserved, Kind::PaymentReleased, Kind::PaymentDeclined, Kind::PaymentCaptured];
        let page = session.journal().page(&Query { kinds, limit: 10_000, ..Query::default() }).expect("a page");
        let mut counts = BTreeMap::<String, u64>::new();
        for line in page.entries.iter().rev() {
            let details = &line.details.as_ref().expect("details").0;
            let id = details["payment"].clone();
            match line.kind.expect("a kind") {
                Kind::PaymentReserved => drop(counts.insert(id, details["counted_minor"].parse().expect("a number"))),
                Kind::PaymentCaptured => drop(counts.insert(id, details["captured_minor"].parse().expect("a number"))),
                _ => drop(counts.remove(&id)),
            }
        }
        for (id, handed) in self.book.handed.iter().filter(|(id, handed)| !id.contains(' ') && !handed.is_settled) {
            assert_eq!(counts.get(id), Some(&handed.counts), "{id}");
        }
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}

#[test]
fn whatever_happens_no_more_is_handed_out_than_the_limit_allows() {
    let seed = number_from("WALLETLOCK_SEED").unwrap_or(SEED);
    let histories = number_from("WALLETLOCK_HISTORIES").unwrap_or(HISTORIES);
    let (mut approved, mut killed) = (0, 0);
    for nth in 0..histories {
        let mut life = Life::new(TestRng::nth(seed, nth));
        let mut events = Vec::new();
        for _ in 0..EVENTS {
            let event = life.rng.below(12);
            events.push(event);
            match event {
                0..4 => life.pay(),
                4 => life.mistype(),
                5 => life.pay_twice(),
                6 => life.pay_and_die(),
                7 | 8 => life.settle(),
                9 => life.wait(),
                10 => life.change_limit(),
                _ => life.restart(),
            }
            life.check();
        }
        life.replay();
        approved += life.book.handed.len();
        killed += life.book.perhaps.len();
        assert!(matches!(life.wallet().verify(PIN), PinOutcome::Right(_)), "history {nth} of seed {seed}: {events:?}");
    }
    assert!(approved > 3 * histories as usize && killed > 0, "{approved} approved, {killed} killed while set aside");
}
