//! Each preset against the schedule its source publishes.

use super::{AttemptGate, DAY, HOUR, Lockout, LockoutPolicy, MINUTE, Policy, Settled, Verdict, at};
use crate::policy::presets;

/// A schedule as it is published.
struct Published {
    name: &'static str,
    /// First and last failure count, and the seconds to wait after each of them. No wait at a count that none names.
    waits: &'static [(u32, u32, u64)],
    lock_at: Option<u32>,
    wipe_at: Option<u32>,
    per_boot_limit: Option<u32>,
    /// Seconds and number of wrong PINs that are not counted again.
    duplicates: (u32, u32),
    min_digits: u32,
}

const NOTHING: Published = Published {
    name: "",
    waits: &[],
    lock_at: None,
    wipe_at: None,
    per_boot_limit: None,
    duplicates: (0, 0),
    min_digits: 4,
};

/// Far beyond every count that a schedule names.
const FOR_EVER: u32 = u32::MAX;

const PUBLISHED: [Published; 8] = [
    Published {
        name: "walletlock",
        waits: &[
            (5, 5, 30),
            (6, 6, MINUTE),
            (7, 7, 5 * MINUTE),
            (8, 8, 15 * MINUTE),
            (9, 9, 30 * MINUTE),
            (10, 10, HOUR),
            (11, 11, 4 * HOUR),
            (12, 15, 12 * HOUR),
        ],
        lock_at: Some(16),
        duplicates: (300, 5),
        min_digits: 6,
        ..NOTHING
    },
    Published {
        name: "android_gatekeeper",
        waits: &[
            (5, 5, 30),
            (10, 29, 30),
            (30, 39, 30),
            (40, 49, 60),
            (50, 59, 120),
            (60, 69, 240),
            (70, 79, 480),
            (80, 89, 960),
            (90, 99, 1920),
            (100, 109, 3840),
            (110, 119, 7680),
            (120, 129, 15_360),
            (130, 139, 30_720),
            (140, FOR_EVER, DAY),
        ],
        ..NOTHING
    },
    Published {
        name: "android_rate_limiter",
        waits: &[
            (5, 5, MINUTE),
            (6, 6, 5 * MINUTE),
            (7, 7, 15 * MINUTE),
            (8, 8, 30 * MINUTE),
            (9, 9, 90 * MINUTE),
            (10, 10, 4 * HOUR),
            (11, 11, 12 * HOUR),
            (12, 12, 36 * HOUR),
            (13, 13, 4 * DAY),
            (14, 14, 13 * DAY),
            (15, 15, 41 * DAY),
            (16, 16, 123 * DAY),
            (17, 17, 365 * DAY),
            (18, 18, 1095 * DAY),
            (19, 19, 3285 * DAY),
        ],
        lock_at: Some(20),
        duplicates: (300, 5),
        ..NOTHING
    },
    Published {
        name: "nl_wallet",
        waits: &[(4, 4, 60), (8, 8, 300), (12, 12, 3600)],
        lock_at: Some(16),
        min_digits: 6,
        ..NOTHING
    },
    Published {
        name: "trezor",
        waits: &[
            (1, 1, 1),
            (2, 2, 3),
            (3, 3, 7),
            (4, 4, 15),
            (5, 5, 31),
            (6, 6, 63),
            (7, 7, 127),
            (8, 8, 255),
            (9, 9, 511),
            (10, 10, 1023),
            (11, 11, 2047),
            (12, 12, 4095),
            (13, 13, 8191),
            (14, 14, 16_383),
            (15, 15, 32_767),
        ],
        wipe_at: Some(16),
        ..NOTHING
    },
    Published { name: "ctap2", lock_at: Some(8), per_boot_limit: Some(3), ..NOTHING },
    Published { name: "nist_800_63b", lock_at: Some(10), min_digits: 6, ..NOTHING },
    Published {
        name: "mobile_wallet_cn",
        waits: &[(3, 4, 3 * HOUR), (5, 9, 24 * HOUR)],
        lock_at: Some(10),
        min_digits: 6,
        ..NOTHING
    },
];

impl Published {
    fn wait_ms(&self, failures: u32) -> u64 {
        let named = self.waits.iter().filter(|(from, to, _)| (*from..=*to).contains(&failures));
        named.map(|(_, _, wait_s)| wait_s * 1000).sum()
    }

    fn stop_at(&self) -> Option<u32> {
        self.lock_at.or(self.wipe_at)
    }

    fn policy(&self) -> LockoutPolicy {
        Policy::preset(self.name).unwrap().lockout
    }
}

#[test]
fn each_preset_waits_as_published_after_every_count_to_200() {
    for published in PUBLISHED {
        let policy = published.policy();
        for failures in (0..=200).chain([999, 1000, 1001, u32::MAX]) {
            assert_eq!(policy.wait_ms(failures), published.wait_ms(failures), "{} after {failures}", published.name);
        }
    }
}

#[test]
fn each_preset_lets_nobody_in_a_millisecond_early_and_stops_as_published() {
    for published in PUBLISHED {
        let policy = published.policy();
        let mut lockout = Lockout::new(&policy);
        let mut boot = 1;
        let mut since_boot_ms = 77;
        let mut this_boot = 0;
        let mut failures = 0;
        let tries_left = |failures: u32, this_boot: u32| {
            let lasting = published.stop_at().map(|stop| stop - failures);
            let this_boot = published.per_boot_limit.map(|limit| limit - this_boot);
            lasting.into_iter().chain(this_boot).min()
        };
        assert_eq!(
            lockout.evaluate(&policy, at(boot, since_boot_ms)),
            AttemptGate::Ready { tries_left: tries_left(0, 0) }
        );
        while failures < 200 {
            let tried = at(boot, since_boot_ms);
            // What a right PIN would do here: everything is forgotten, at once.
            let mut honest = lockout.clone();
            let charge = honest.charge(&policy, tried).unwrap();
            honest.settle(&policy, charge, Verdict::Right).unwrap();
            let fresh = AttemptGate::Ready { tries_left: tries_left(0, 0) };
            assert_eq!(honest.evaluate(&policy, tried), fresh, "{} after {failures}", published.name);

            let charge = lockout.charge(&policy, tried).unwrap();
            failures += 1;
            this_boot += 1;
            let context = format!("{} after {failures}", published.name);
            let open = lockout.clone();
            let wiped = published.wipe_at == Some(failures);
            let settled = lockout.settle(&policy, charge, Verdict::Wrong);
            assert_eq!(settled, Some(Settled { counted: true, wipe: wiped, durable: wiped }), "{context}");
            assert_eq!(lockout.failures(), failures, "{context}");

            let wait_ms = published.wait_ms(failures);
            let ten_years_ms = 10 * 365 * DAY * 1000;
            let mut expected = Vec::new();
            if published.stop_at() == Some(failures) {
                for later in
                    [at(boot, since_boot_ms), at(boot, since_boot_ms + ten_years_ms), at(boot + 1, ten_years_ms)]
                {
                    expected.push((later, AttemptGate::TooManyAttempts));
                }
            } else if published.per_boot_limit == Some(this_boot) {
                for later in [at(boot, since_boot_ms), at(boot, since_boot_ms + ten_years_ms)] {
                    expected.push((later, AttemptGate::UntilRestart));
                }
                let ready = AttemptGate::Ready { tries_left: tries_left(failures, 0) };
                expected.push((at(boot + 1, 0), ready));
                (boot, since_boot_ms, this_boot) = (boot + 1, 0, 0);
            } else {
                let tries_left = tries_left(failures, this_boot);
                if wait_ms > 0 {
                    expected.push((
                        at(boot, since_boot_ms),
                        AttemptGate::CoolingDown { remaining_ms: wait_ms, tries_left },
                    ));
                    let last = at(boot, since_boot_ms + wait_ms - 1);
                    expected.push((last, AttemptGate::CoolingDown { remaining_ms: 1, tries_left }));
                }
                expected.push((at(boot, since_boot_ms + wait_ms), AttemptGate::Ready { tries_left }));
                expected.push((at(boot, since_boot_ms + wait_ms + 1), AttemptGate::Ready { tries_left }));
                since_boot_ms += wait_ms;
            }
            for (now, standing) in expected {
                assert_eq!(lockout.evaluate(&policy, now), standing, "{context}");
                if now.boot == tried.boot {
                    assert_eq!(open.evaluate(&policy, now), standing, "{context}, not settled");
                }
                let mut guesser = lockout.clone();
                match standing {
                    AttemptGate::Ready { .. } => assert!(guesser.charge(&policy, now).is_ok(), "{context}"),
                    _ => {
                        assert_eq!(guesser.charge(&policy, now), Err(standing), "{context}");
                        assert_eq!(guesser, lockout, "{context}: a refusal changes nothing");
                    }
                }
            }
            if published.stop_at() == Some(failures) {
                break;
            }
        }
        assert_eq!(failures, published.stop_at().unwrap_or(200), "{} goes on for as long as published", published.name);
    }
}

#[test]
fn each_preset_is_what_its_name_says() {
    assert_eq!(presets::NAMES, PUBLISHED.map(|published| published.name));
    for published in PUBLISHED {
        let policy = Policy::preset(published.name).unwrap();
        assert_eq!(policy.validate(), Ok(()), "{}", published.name);
        assert_eq!(policy.name, published.name);
        let Policy { lockout, pin, session, contacts, .. } = policy;
        assert_eq!(lockout.lock_at, published.lock_at, "{}", published.name);
        assert_eq!(lockout.wipe_at, published.wipe_at, "{}", published.name);
        assert_eq!(lockout.per_boot_limit, published.per_boot_limit, "{}", published.name);
        assert_eq!((lockout.duplicate_window_s, lockout.duplicate_memory), published.duplicates, "{}", published.name);
        assert_eq!(lockout.no_verdict_budget, 5, "{}", published.name);
        assert_eq!((pin.min_digits, pin.max_digits), (published.min_digits, 12), "{}", published.name);
        assert_eq!((pin.forbid_weak, pin.remember), (false, 5), "{}", published.name);
        assert_eq!((pin.rehearse_after_days, pin.change_after_days), (Some(30), None), "{}", published.name);
        assert_eq!((session.idle_s, session.absolute_s), (120, 900), "{}", published.name);
        assert_eq!(contacts, []);
    }
}

#[test]
fn a_preset_is_found_by_its_exact_name_only() {
    for name in ["", "Walletlock", "walletlock ", "android", "default", "trezor\n"] {
        let error = Policy::preset(name).unwrap_err();
        assert_eq!(error.field, "preset");
        assert_eq!(
            error.problem,
            "must be one of walletlock, android_gatekeeper, android_rate_limiter, nl_wallet, trezor, ctap2, nist_800_63b, \
             mobile_wallet_cn"
        );
        assert_eq!(Policy::parse(name), Err(error), "{name:?}");
    }
}

#[test]
fn a_policy_is_a_name_or_json() {
    for name in presets::NAMES {
        let policy = Policy::preset(name).unwrap();
        assert_eq!(Policy::parse(name), Ok(policy.clone()));
        assert_eq!(Policy::parse(&policy.to_json()), Ok(policy.clone()));
        assert_eq!(Policy::parse(&format!("\n  {}\n", policy.to_json())), Ok(policy.clone()));
        assert_eq!(Policy::from_json(&policy.to_json()), Ok(policy));
    }
    assert_eq!(Policy::parse("{}"), Policy::preset("walletlock"));
}

#[test]
fn the_json_of_the_default_is_pinned() {
    let expected = serde_json::json!({
        "name": "walletlock",
        "pin": {
            "min_digits": 6,
            "max_digits": 12,
            "forbid_weak": false,
            "remember": 5,
            "rehearse_after_days": 30,
            "change_after_days": null,
        },
        "lockout": {
            "cooldowns": [
                { "from": 5, "to": 5, "wait_s": 30 },
                { "from": 6, "to": 6, "wait_s": 60 },
                { "from": 7, "to": 7, "wait_s": 300 },
                { "from": 8, "to": 8, "wait_s": 900 },
                { "from": 9, "to": 9, "wait_s": 1800 },
                { "from": 10, "to": 10, "wait_s": 3600 },
                { "from": 11, "to": 11, "wait_s": 14400 },
                { "from": 12, "to": 15, "wait_s": 43200 },
            ],
            "lock_at": 16,
            "wipe_at": null,
            "per_boot_limit": null,
            "duplicate_window_s": 300,
            "duplicate_memory": 5,
            "no_verdict_budget": 5,
        },
        "session": { "idle_s": 120, "absolute_s": 900 },
        "biometric": {
            "strong_auth_max_age_h": 72,
            "max_uses": 100,
            "budgets": [],
            "failures_before_pin": 5,
            "failures_before_off": 20,
            "prompt_timeout_ms": 60000,
        },
        "contacts": [],
    });
    let json: serde_json::Value = serde_json::from_str(&Policy::default().to_json()).unwrap();
    assert_eq!(json, expected);
}
