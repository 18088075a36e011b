//! The expected wait after each wrong PIN, as the sources publish it. These tables were written from the sources and
//! are not computed by the code under test.

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 86_400;

/// A published schedule.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// The preset that reproduces it.
    pub name: &'static str,
    /// First and last failure count of a range, and the wait in seconds after each failure in it. Other failures have
    /// no wait.
    pub waits: &'static [(u32, u32, u64)],
    /// The failure after which no try is allowed until the owner is verified some other way.
    pub lock_at: Option<u32>,
    /// The failure that wipes the wallet.
    pub wipe_at: Option<u32>,
    /// The number of failures after which the phone must be restarted.
    pub per_boot_limit: Option<u32>,
    /// For how many seconds a wrong PIN is remembered and not counted again, and how many wrong PINs are remembered.
    pub duplicates: (u32, u32),
    /// Number of digits of the shortest allowed PIN.
    pub min_digits: u32,
}

const NOTHING: Schedule = Schedule {
    name: "",
    waits: &[],
    lock_at: None,
    wipe_at: None,
    per_boot_limit: None,
    duplicates: (0, 0),
    min_digits: 4,
};

/// Far beyond every count that a schedule names.
pub const FOR_EVER: u32 = u32::MAX;

/// Our own schedule: the first four failures have no wait, then the waits grow to half a day, and the sixteenth failure
/// locks.
pub const WALLETLOCK: Schedule = Schedule {
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
};

/// Android's lock screen in a trusted environment. Source: AOSP `system/gatekeeper/gatekeeper.cpp`,
/// `ComputeRetryTimeout`.
pub const ANDROID_GATEKEEPER: Schedule = Schedule {
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
};

/// Android's lock screen in software. Source: AOSP `frameworks/base`, `locksettings/SoftwareRateLimiter.java`.
pub const ANDROID_RATE_LIMITER: Schedule = Schedule {
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
};

/// The Dutch identity wallet. Source: `wallet_provider/service/src/pin_policy.rs` of nl-wallet.
pub const NL_WALLET: Schedule = Schedule {
    name: "nl_wallet",
    waits: &[(4, 4, 60), (8, 8, 300), (12, 12, 3600)],
    lock_at: Some(16),
    min_digits: 6,
    ..NOTHING
};

/// A Trezor hardware wallet. Source: trezor-firmware, `storage/storage.c`.
pub const TREZOR: Schedule = Schedule {
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
};

/// A security key. Source: FIDO CTAP 2.1, section 6.5 (`pinRetries`).
pub const CTAP2: Schedule = Schedule { name: "ctap2", lock_at: Some(8), per_boot_limit: Some(3), ..NOTHING };

/// An activation secret. Source: NIST SP 800-63B-4, section 3.2.10.
pub const NIST_800_63B: Schedule = Schedule { name: "nist_800_63b", lock_at: Some(10), min_digits: 6, ..NOTHING };

/// The pattern reported for Chinese wallets and banks. No standard publishes one.
pub const MOBILE_WALLET_CN: Schedule = Schedule {
    name: "mobile_wallet_cn",
    waits: &[(3, 4, 3 * HOUR), (5, 9, 24 * HOUR)],
    lock_at: Some(10),
    min_digits: 6,
    ..NOTHING
};

/// All schedules, in the order of the presets' names.
pub const ALL: [Schedule; 8] =
    [WALLETLOCK, ANDROID_GATEKEEPER, ANDROID_RATE_LIMITER, NL_WALLET, TREZOR, CTAP2, NIST_800_63B, MOBILE_WALLET_CN];

impl Schedule {
    /// The wait in milliseconds after the failure with this number.
    pub fn wait_ms(&self, failures: u32) -> u64 {
        wait_s(self.waits.iter().copied(), failures) * 1000
    }

    /// The failure after which no further try is allowed.
    pub fn stop_at(&self) -> Option<u32> {
        self.lock_at.or(self.wipe_at)
    }
}

/// The wait in seconds after this many failures, by steps that do not overlap.
pub fn wait_s(steps: impl IntoIterator<Item = (u32, u32, u64)>, failures: u32) -> u64 {
    let named = steps.into_iter().filter(|(from, to, _)| (*from..=*to).contains(&failures));
    named.map(|(.., wait_s)| wait_s).sum()
}
