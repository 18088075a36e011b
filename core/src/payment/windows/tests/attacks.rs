//! Somebody holds the phone and wants as many windows as he can get.

use super::*;

/// How long a true heartbeat may be held back at most. With more, the promise would not follow from the account.
pub(super) const HELD_MS: u64 = 30 * 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heartbeats {
    None,
    /// They say the true time.
    True,
    /// They say the true time, but somebody may hold them back.
    HeldBack,
    /// The provider's online key is stolen.
    Any,
}

/// Random actions. Each history has its own pace, so that some are dense and others long.
pub(super) struct Thief {
    pub(super) phone: Phone<'static, Windows>,
    heartbeats: Heartbeats,
    pace_ms: u64,
}

fn any_wall_ms(rng: &mut Rng, phone: &Phone<'_, Windows>) -> i64 {
    let beside_ms = rng.below(30 * HOUR) as i64 - 15 * HOUR_MS;
    match rng.below(6) {
        0 => rng.of(&[i64::MIN, i64::MAX, 0, -1]),
        1 => rng.next() as i64,
        2 => phone.true_ms(),
        3 => phone.true_ms() + beside_ms * 100,
        4 => phone.windows.estimate_ms().saturating_add(12 * HOUR_MS),
        _ => phone.windows.estimate_ms().saturating_add(beside_ms),
    }
}

fn any_zone(rng: &mut Rng, estimate_ms: i64) -> Zone<'static> {
    match rng.below(3) {
        0 => Zone::Torn(rng.next()),
        1 => Zone::Fixed(rng.below(26 * HOUR + 1) as i64 - 12 * HOUR_MS),
        // It is midnight, or a moment before or after.
        _ => Zone::Fixed(midnight_offset_ms(estimate_ms + rng.below(5) as i64 - 2)),
    }
}

/// The offset, -12 h to 12 h, by which it is midnight at an instant.
fn midnight_offset_ms(instant_ms: i64) -> i64 {
    (12 * HOUR_MS - instant_ms).rem_euclid(DAY_MS) - 12 * HOUR_MS
}

impl Thief {
    pub(super) fn start(rng: &mut Rng, heartbeats: Heartbeats) -> Self {
        let wall_ms = rng.of(&[NEW_YEAR_MS, NEW_YEAR_MS - 1, NEW_YEAR_MS + 9 * HOUR_MS, 0, i64::MIN, i64::MAX]);
        let zone = any_zone(rng, wall_ms.clamp(0, NEW_YEAR_MS));
        let pace_ms = rng.of(&[2_000, 600_000, 3 * HOUR, 13 * HOUR, 30 * HOUR]);
        Self { phone: Phone::start(wall_ms, zone), heartbeats, pace_ms }
    }

    pub(super) fn act(&mut self, rng: &mut Rng) {
        let phone = &mut self.phone;
        match rng.below(12) {
            0..=3 => phone.pass(rng.below(self.pace_ms)),
            4 => {
                phone.off(rng.below(self.pace_ms));
                phone.pass(rng.below(60_000));
            }
            5 => {
                phone.off(rng.below(30_000));
                phone.now.wall_ms = any_wall_ms(rng, phone);
            }
            6 => phone.now.boot = rng.of(&[phone.now.boot.map(|boot| boot.saturating_add(1)), Some(u32::MAX)]),
            7 => phone.now.boot = rng.of(&[phone.now.boot.map(|boot| boot.saturating_sub(1)), Some(0), None, Some(7)]),
            8 => phone.now.wall_ms = any_wall_ms(rng, phone),
            9 => phone.zone = any_zone(rng, phone.windows.estimate_ms()),
            10 => {
                let late_ms = match self.heartbeats {
                    Heartbeats::None => return,
                    Heartbeats::HeldBack => rng.below(HELD_MS + 1) as i64,
                    Heartbeats::True => 0,
                    Heartbeats::Any => {
                        let far_ms = rng.of(&[i64::MIN, i64::MAX, -HOUR_MS, HOUR_MS, 23 * HOUR_MS, 12 * HOUR_MS]);
                        phone.trust(phone.windows.estimate_ms().saturating_add(far_ms));
                        return;
                    }
                };
                phone.trust((phone.true_ms() - late_ms).max(NEW_YEAR_MS));
            }
            _ => {
                // Two threads use their readings in the other order, and the boot count changes between them.
                let early = phone.now;
                phone.pass(rng.below(1_001));
                phone.now.boot = rng.of(&[early.boot, early.boot.map(|boot| boot.saturating_sub(1)), Some(3)]);
                phone.read();
                phone.read_late(early);
                phone.now.boot = rng.of(&[phone.now.boot, early.boot]);
            }
        }
        if !rng.one_in(5) {
            phone.read();
        }
    }
}

#[test]
fn no_history_opens_more_windows_than_the_account_allows() {
    let histories = number_from("WALLETLOCK_HISTORIES").unwrap_or(256);
    for history in 0..histories {
        let heartbeats = [Heartbeats::None, Heartbeats::True, Heartbeats::HeldBack, Heartbeats::Any];
        let heartbeats = heartbeats[history as usize % 4];
        let mut rng = Rng::nth(seed(), history);
        let mut thief = Thief::start(&mut rng, heartbeats);
        for event in 0..400 {
            thief.act(&mut rng);
            let Phone { real_ms, on_ms, windows, .. } = thief.phone;
            let place = format!("seed {}, history {history}, event {event}, {heartbeats:?}: {windows:?}", seed());
            check(&thief.phone, heartbeats, &place);
            assert!(windows.is_in_range() && on_ms <= real_ms, "{place}");
        }
    }
}

fn check(phone: &Phone<'_, Windows>, heartbeats: Heartbeats, place: &str) {
    let (opened, real_ms, on_ms) = (phone.opened(), phone.real_ms, phone.on_ms);
    let account = match heartbeats {
        // Without heartbeats nothing but the credit counts while the phone is off.
        Heartbeats::None => most_opened(on_ms, on_ms, 0),
        Heartbeats::True => most_opened(real_ms, on_ms, 0),
        Heartbeats::HeldBack => most_opened(real_ms, on_ms, HELD_MS),
        Heartbeats::Any => u64::MAX,
    };
    assert!(opened <= account, "{opened} of {account} windows: {place}");
    assert!(opened <= most_with_stolen_key(on_ms), "{opened} windows, {} h on: {place}", on_ms / HOUR);
    if heartbeats != Heartbeats::Any {
        assert!(opened <= most_promised(real_ms), "{opened} windows, {} h: {place}", real_ms / HOUR);
    }
}

/// What a greedy thief does again and again.
#[derive(Clone, Copy, Debug)]
struct Plan {
    on_ms: u64,
    off_ms: u64,
    /// Whether the wall clock is far ahead after each restart.
    sets_wall: bool,
    heartbeats: Heartbeats,
    /// Whether he takes, of many zones, the one in which the next window opens first.
    sets_zone: bool,
}

/// Plays a plan. `check` is called after each step.
fn play<R: Rule>(wall_ms: i64, plan: Plan, for_ms: u64, opens_next: fn(&R) -> u64, check: fn(&Phone<R>, Plan)) -> u64 {
    let mut phone = Phone::<R>::start(wall_ms, Zone::Fixed(midnight_offset_ms(wall_ms.saturating_add(1))));
    let mut step = 0;
    while phone.real_ms < for_ms {
        step += 1;
        phone.pass(plan.on_ms);
        greedy_zone(&mut phone, plan, opens_next);
        phone.off(plan.off_ms);
        phone.now.wall_ms = if plan.sets_wall { i64::MAX } else { phone.true_ms() };
        greedy_zone(&mut phone, plan, opens_next);
        match plan.heartbeats {
            Heartbeats::None => {}
            Heartbeats::True => _ = phone.trust(phone.true_ms()),
            Heartbeats::HeldBack => {
                phone.trust(phone.true_ms() - HELD_MS as i64);
                phone.trust(phone.true_ms());
            }
            Heartbeats::Any => {
                phone.trust(phone.true_ms() + (step % 50) * DAY_MS);
            }
        }
        greedy_zone(&mut phone, plan, opens_next);
        check(&phone, plan);
    }
    phone.opened()
}

fn greedy_zone<R: Rule>(phone: &mut Phone<R>, plan: Plan, opens_next: fn(&R) -> u64) {
    if plan.sets_zone {
        let estimate_ms = phone.true_ms();
        let by_hour = (-12..=14).map(|hours| hours * HOUR_MS);
        let to_midnight = [-1, 0, 1].map(|beside_ms| midnight_offset_ms(estimate_ms + beside_ms));
        let by_zone = by_hour.chain(to_midnight).map(|offset_ms| {
            let mut phone = *phone;
            phone.zone = Zone::Fixed(offset_ms);
            (u64::MAX - phone.read(), opens_next(&phone.windows), offset_ms)
        });
        phone.zone = Zone::Fixed(by_zone.min().expect("zones").2);
    }
    phone.read();
}

fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for heartbeats in [Heartbeats::None, Heartbeats::True, Heartbeats::HeldBack, Heartbeats::Any] {
        for (sets_wall, sets_zone) in [(true, true), (true, false), (false, true)] {
            for on_ms in [HOUR / 2, HOUR, 4 * HOUR, 8 * HOUR - 7, 12 * HOUR, 15 * HOUR + HOUR / 3, 23 * HOUR - 1] {
                for off_ms in [1_000, 3 * HOUR, 12 * HOUR, 36 * HOUR] {
                    plans.push(Plan { on_ms, off_ms, sets_wall, heartbeats, sets_zone });
                }
            }
        }
    }
    plans
}

#[test]
fn no_greedy_plan_opens_more_windows_than_the_account_allows() {
    for plan in plans() {
        for wall_ms in [NEW_YEAR_MS, 0, NEW_YEAR_MS + 4_000 * DAY_MS] {
            let check_plan = |phone: &Phone<Windows>, plan: Plan| check(phone, plan.heartbeats, &format!("{plan:?}"));
            play::<Windows>(wall_ms, plan, 30 * DAY, Windows::opens_in_ms, check_plan);
        }
    }
}

/// A boot count that somebody lowers between two readings, of which the earlier is used later, proves no time.
#[test]
fn readings_in_the_other_order_with_changed_boot_counts_prove_no_time() {
    let mut phone = Phone::<Windows>::start(NEW_YEAR_MS, Zone::Fixed(0));
    for _ in 0..1_000 {
        let early = phone.now;
        phone.pass(10);
        phone.now.boot = Some(6);
        phone.read();
        phone.read_late(early);
        phone.now.boot = Some(7);
        check(&phone, Heartbeats::None, "in the other order");
    }
    assert!(phone.windows.estimate_ms() <= NEW_YEAR_MS + 12 * HOUR_MS + 2 * 10_000);
}

/// He keeps what a heartbeat corrected, and lets each window begin just before midnight.
#[test]
fn one_true_heartbeat_after_a_long_time_gives_two_windows_at_most() {
    let mut phone = Phone::<Windows>::start(NEW_YEAR_MS, Zone::Fixed(0));
    phone.trust(NEW_YEAR_MS);
    phone.pass(24 * HOUR);
    phone.read();
    phone.off(40 * DAY);
    phone.now.wall_ms = 0;
    phone.read();
    let before = phone.opened();
    for hours in 0..240 {
        phone.zone = Zone::Fixed(midnight_offset_ms(phone.true_ms() + 1));
        phone.read();
        if hours == 0 {
            phone.trust(phone.true_ms());
        }
        assert!((phone.opened() - before) * 23 <= hours + 47, "{} windows, {hours} h", phone.opened() - before);
        phone.pass(HOUR);
    }
}

/// He lets the key open two windows, by which time the credit is full, and opens the third by restarts.
#[test]
fn a_stolen_key_and_a_full_credit_do_not_add_up() {
    let mut phone = Phone::<Windows>::start(NEW_YEAR_MS, Zone::Fixed(0));
    while phone.on_ms < 100 * DAY {
        for _ in 0..2 {
            phone.pass(12 * HOUR);
            phone.trust(phone.windows.estimate_ms() + 50 * DAY_MS);
        }
        for on_ms in [0, 8 * HOUR + 60_000] {
            phone.pass(on_ms);
            phone.read();
            phone.off(0);
            phone.now.wall_ms = i64::MAX;
            phone.read();
        }
        check(&phone, Heartbeats::Any, "a full credit");
    }
    assert!(phone.opened() * 17 * HOUR > phone.on_ms, "{}", phone.opened());
}

/// By the wall clock: a window opens when it shows another local day.
#[derive(Clone, Copy)]
struct Naive {
    day: i64,
    number: u64,
}

impl Rule for Naive {
    fn start(now: Now, offset_at: OffsetAt<'_>) -> Self {
        Self { day: local_day(now.wall_ms, offset_at), number: 1 }
    }

    fn at(self, now: Now, offset_at: OffsetAt<'_>) -> Self {
        let day = local_day(now.wall_ms, offset_at);
        Self { day, number: self.number + u64::from(day != self.day) }
    }

    fn trust(self, _: i64, now: Now, offset_at: OffsetAt<'_>) -> Self {
        self.at(now, offset_at)
    }

    fn number(&self) -> u64 {
        self.number
    }
}

/// The rule, but what the estimate gains at a restart refills the credit too.
#[derive(Clone, Copy)]
struct RefilledByEstimate(Windows);

impl Rule for RefilledByEstimate {
    fn start(now: Now, offset_at: OffsetAt<'_>) -> Self {
        Self(Windows::start(now, offset_at))
    }

    fn at(self, now: Now, offset_at: OffsetAt<'_>) -> Self {
        let mut next = self.0.at(now, offset_at);
        let on_ms = now.since_boot_ms.checked_sub(self.0.saved.since_boot_ms).unwrap_or(now.since_boot_ms);
        let gained_ms = next.estimate_ms.abs_diff(self.0.estimate_ms) - on_ms;
        next.credit_ms = (next.credit_ms + gained_ms / 2).min(MAX_CREDIT_MS);
        Self(next)
    }

    fn trust(self, time_ms: i64, now: Now, offset_at: OffsetAt<'_>) -> Self {
        Self(self.0.trust(time_ms, now, offset_at))
    }

    fn number(&self) -> u64 {
        self.0.number()
    }
}

/// The control: the same thief gets what can be got, and breaks the bound if the rule is a worse one.
#[test]
fn the_greediest_plan_gets_one_and_a_half_times_and_more_by_other_rules() {
    let (days, wall_ms) = (200, NEW_YEAR_MS);
    let plan = Plan { on_ms: HOUR, off_ms: 1_000, sets_wall: true, heartbeats: Heartbeats::None, sets_zone: true };
    let thousandths = |opened: u64| opened * 1_000 / days;
    let opened = play::<Windows>(wall_ms, plan, days * DAY, Windows::opens_in_ms, |_, _| ());
    assert!((1_540..=1_575).contains(&thousandths(opened)), "{opened}");
    let opened = play::<RefilledByEstimate>(wall_ms, plan, days * DAY, |rule| rule.0.opens_in_ms(), |_, _| ());
    assert!((1_950..=2_150).contains(&thousandths(opened)), "{opened}");
    assert!(opened > most_promised(days * DAY));
    let opened = play::<Naive>(wall_ms, plan, days * DAY, |_| 0, |_, _| ());
    assert!(opened > 10 * most_promised(days * DAY), "{opened}");
}
