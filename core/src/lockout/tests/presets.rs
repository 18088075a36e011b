//! Checks each preset against the schedule that its source publishes.

use super::{AttemptGate, DAY, Lockout, LockoutPolicy, Policy, Settled, Verdict, at};
use crate::platform::testing::schedules::{self, Schedule};
use crate::policy::presets;

fn policy_of(published: &Schedule) -> LockoutPolicy {
    Policy::preset(published.name).unwrap().lockout
}

#[test]
fn each_preset_waits_as_published_after_every_count_to_200() {
    for published in schedules::ALL {
        let policy = policy_of(&published);
        for failures in (0..=200).chain([999, 1000, 1001, u32::MAX]) {
            assert_eq!(policy.wait_ms(failures), published.wait_ms(failures), "{} after {failures}", published.name);
        }
    }
}

#[test]
fn each_preset_lets_nobody_in_a_millisecond_early_and_stops_as_published() {
    for published in schedules::ALL {
        let policy = policy_of(&published);
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
            // A right PIN at this point resets the counter at once.
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
            for (now, gate) in expected {
                assert_eq!(lockout.evaluate(&policy, now), gate, "{context}");
                if now.boot == tried.boot {
                    assert_eq!(open.evaluate(&policy, now), gate, "{context}, not settled");
                }
                let mut guesser = lockout.clone();
                match gate {
                    AttemptGate::Ready { .. } => assert!(guesser.charge(&policy, now).is_ok(), "{context}"),
                    _ => {
                        assert_eq!(guesser.charge(&policy, now), Err(gate), "{context}");
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
    assert_eq!(presets::NAMES, schedules::ALL.map(|published| published.name));
    for published in schedules::ALL {
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
    let steps = schedules::WALLETLOCK.waits.iter();
    let cooldowns: Vec<_> =
        steps.map(|(from, to, wait_s)| serde_json::json!({ "from": from, "to": to, "wait_s": wait_s })).collect();
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
            "cooldowns": cooldowns,
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
        "recovery": {
            "pending_change_h": 24,
            "proofs_wait_h": 72,
            "sms_valid_s": 600,
            "mail_valid_s": 1800,
            "tries_per_code": 5,
            "codes_a_day": 5,
            "stale_after_days": 180,
            "password": { "min_length": 12, "require_classes": true, "remember": 5 },
        },
        "second_factor": {
            "at_unlock": false,
            "actions": ["change_pin", "switch_biometrics", "change_recovery", "raise_limit", "allow_remote_wipe"],
        },
        "contacts": [],
    });
    let json: serde_json::Value = serde_json::from_str(&Policy::default().to_json()).unwrap();
    assert_eq!(json, expected);
}
