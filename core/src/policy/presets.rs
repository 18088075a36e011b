//! Policies by name. Their schedules are those that the sources publish; the tests of `lockout` check each of them.

use super::ranges::problem;
use super::{
    BiometricPolicy, Cooldown, HistoryPolicy, LockoutPolicy, PaymentPolicy, PinPolicy, Policy, PolicyError,
    RecoveryPolicy, SecondFactorPolicy, SessionPolicy,
};

/// The presets' names.
pub const NAMES: [&str; 8] = [
    "walletlock",
    "android_gatekeeper",
    "android_rate_limiter",
    "nl_wallet",
    "trezor",
    "ctap2",
    "nist_800_63b",
    "mobile_wallet_cn",
];

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Policy {
    /// Reads `text` as JSON if it begins with a brace, otherwise as the name of a preset.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.trim_start().starts_with('{') { Self::from_json(text) } else { Self::preset(text) }
    }

    /// The preset of this name, one of [`NAMES`].
    pub fn preset(name: &str) -> Result<Self, PolicyError> {
        by_name(name).ok_or_else(|| problem("preset", format!("must be one of {}", NAMES.join(", "))))
    }
}

impl Default for Policy {
    fn default() -> Self {
        walletlock()
    }
}

impl Default for PinPolicy {
    fn default() -> Self {
        walletlock().pin
    }
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        walletlock().lockout
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        walletlock().session
    }
}

fn by_name(name: &str) -> Option<Policy> {
    Some(match name {
        "walletlock" => walletlock(),
        "android_gatekeeper" => android_gatekeeper(),
        "android_rate_limiter" => android_rate_limiter(),
        "nl_wallet" => nl_wallet(),
        "trezor" => trezor(),
        "ctap2" => ctap2(),
        "nist_800_63b" => nist_800_63b(),
        "mobile_wallet_cn" => mobile_wallet_cn(),
        _ => return None,
    })
}

/// Our own preset: the first slips cost no time, then the waits grow to half a day, then the wallet is locked until the
/// person is verified some other way.
///
/// No wait follows the first four failures, and there are sixteen tries in all. Against a random 6-digit PIN, a thief
/// has a chance of 16 in a million and needs more than two days.
pub fn walletlock() -> Policy {
    let cooldowns = one_wait_each(&[
        (5, 30),
        (6, MINUTE),
        (7, 5 * MINUTE),
        (8, 15 * MINUTE),
        (9, 30 * MINUTE),
        (10, HOUR),
        (11, 4 * HOUR),
    ]);
    let last = Cooldown { from: 12, to: Some(15), wait_s: 12 * HOUR };
    Policy {
        name: "walletlock".to_owned(),
        pin: PinPolicy {
            min_digits: 6,
            max_digits: 12,
            forbid_weak: false,
            remember: 5,
            rehearse_after_days: Some(30),
            change_after_days: None,
        },
        lockout: LockoutPolicy {
            cooldowns: cooldowns.into_iter().chain([last]).collect(),
            lock_at: Some(16),
            // Five wrong PINs are remembered for five minutes. The numbers are those of AOSP's SoftwareRateLimiter, the
            // rules differ. We drop the oldest first, and forget each PIN five minutes after it was typed. AOSP drops
            // the least recently used first, and forgets all of them five minutes after the last wrong one.
            duplicate_window_s: 300,
            duplicate_memory: 5,
            no_verdict_budget: 5,
            ..no_lockout()
        },
        session: SessionPolicy { idle_s: 120, absolute_s: 900 },
        biometric: BiometricPolicy::default(),
        recovery: RecoveryPolicy::default(),
        second_factor: SecondFactorPolicy::default(),
        payment: PaymentPolicy::default(),
        history: HistoryPolicy::default(),
        contacts: Vec::new(),
        provider: None,
    }
}

/// Android's lock screen in a trusted environment. Source: AOSP `system/gatekeeper/gatekeeper.cpp`,
/// `ComputeRetryTimeout`.
pub fn android_gatekeeper() -> Policy {
    // 30 s x 2^((n-30) div 10) after failures 30 to 139: one range for each ten.
    let doubling = (0..11).map(|tens| Cooldown { from: 30 + 10 * tens, to: Some(39 + 10 * tens), wait_s: 30 << tens });
    let cooldowns = [Cooldown { from: 5, to: Some(5), wait_s: 30 }, Cooldown { from: 10, to: Some(29), wait_s: 30 }]
        .into_iter()
        .chain(doubling)
        .chain([Cooldown { from: 140, to: None, wait_s: DAY }]);
    with_published_schedule("android_gatekeeper", 4, LockoutPolicy { cooldowns: cooldowns.collect(), ..no_lockout() })
}

/// Android's lock screen in software. Source: AOSP `frameworks/base`, `locksettings/SoftwareRateLimiter.java`.
///
/// The waits, the stop and the number of remembered PINs are those of the source. Three things differ. First, we drop
/// the oldest remembered PIN first, and each one expires by its own time; AOSP drops the least recently used, and a
/// wrong PIN prolongs the time of all. Second, we refund a try that the hardware failed, up to `no_verdict_budget` of
/// them; AOSP counts it. Third, after a restart the rest of a wait continues; in AOSP the whole wait starts again.
pub fn android_rate_limiter() -> Policy {
    let waits = [
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        90 * MINUTE,
        4 * HOUR,
        12 * HOUR,
        36 * HOUR,
        4 * DAY,
        13 * DAY,
        41 * DAY,
        123 * DAY,
        365 * DAY,
        1095 * DAY,
        3285 * DAY,
    ];
    let steps: Vec<_> = (5..).zip(waits).collect();
    let lockout = LockoutPolicy {
        cooldowns: one_wait_each(&steps),
        lock_at: Some(20),
        duplicate_window_s: 300,
        duplicate_memory: 5,
        ..no_lockout()
    };
    with_published_schedule("android_rate_limiter", 4, lockout)
}

/// The Dutch identity wallet: four rounds of four tries. Source: nl-wallet,
/// `wallet_provider/service/src/pin_policy.rs`.
pub fn nl_wallet() -> Policy {
    let cooldowns = one_wait_each(&[(4, 60), (8, 300), (12, 3600)]);
    with_published_schedule("nl_wallet", 6, LockoutPolicy { cooldowns, lock_at: Some(16), ..no_lockout() })
}

/// A Trezor hardware wallet without a Tropic chip: 2^n - 1 seconds after the n-th failure, wiped at 16. Source:
/// trezor-firmware, `storage/storage.c` (`PIN_MAX_TRIES`). Firmware for the models with that chip (`USE_TROPIC`) wipes
/// at 10.
pub fn trezor() -> Policy {
    let steps: Vec<_> = (1..16).map(|failures| (failures, (1 << failures) - 1)).collect();
    with_published_schedule(
        "trezor",
        4,
        LockoutPolicy { cooldowns: one_wait_each(&steps), wipe_at: Some(16), ..no_lockout() },
    )
}

/// A security key: 3 failures until it is powered off and on again, 8 in all. Source: FIDO CTAP 2.1, section 6.5
/// (`pinRetries`).
pub fn ctap2() -> Policy {
    with_published_schedule("ctap2", 4, LockoutPolicy { lock_at: Some(8), per_boot_limit: Some(3), ..no_lockout() })
}

/// An activation secret: 6 digits or more, common PINs refused, locked at 10 failures. Source: NIST SP 800-63B-4,
/// section 3.2.10.
pub fn nist_800_63b() -> Policy {
    with_published_schedule("nist_800_63b", 6, LockoutPolicy { lock_at: Some(10), ..no_lockout() })
}

/// The pattern reported for Chinese wallets and banks: 3 hours after failures 3 and 4, a day after failures 5 to 9,
/// locked at 10 until the person is verified some other way.
///
/// This is not an official table: no standard publishes one.
pub fn mobile_wallet_cn() -> Policy {
    let cooldowns =
        vec![Cooldown { from: 3, to: Some(4), wait_s: 3 * HOUR }, Cooldown { from: 5, to: Some(9), wait_s: DAY }];
    with_published_schedule("mobile_wallet_cn", 6, LockoutPolicy { cooldowns, lock_at: Some(10), ..no_lockout() })
}

/// A policy with the published schedule `lockout`. What its source leaves open is as in the preset `walletlock`.
fn with_published_schedule(name: &str, min_digits: u32, lockout: LockoutPolicy) -> Policy {
    let ours = walletlock();
    let no_verdict_budget = ours.lockout.no_verdict_budget;
    Policy {
        name: name.to_owned(),
        pin: PinPolicy { min_digits, ..ours.pin.clone() },
        lockout: LockoutPolicy { no_verdict_budget, ..lockout },
        ..ours
    }
}

/// One cooldown for each pair: a number of failures, and the seconds to wait after it.
fn one_wait_each(steps: &[(u32, u64)]) -> Vec<Cooldown> {
    steps.iter().map(|&(at, wait_s)| Cooldown { from: at, to: Some(at), wait_s }).collect()
}

/// A policy that neither slows nor stops anybody. Each preset sets what it needs.
fn no_lockout() -> LockoutPolicy {
    LockoutPolicy {
        cooldowns: Vec::new(),
        lock_at: None,
        wipe_at: None,
        per_boot_limit: None,
        duplicate_window_s: 0,
        duplicate_memory: 0,
        no_verdict_budget: 0,
    }
}
