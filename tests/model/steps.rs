//! What can happen to a wallet, and how often.

use proptest::prelude::*;
use walletlock_core::money::MAX_MINOR;
use walletlock_core::platform::{DeviceKeyFault, SensorAvailability};
use walletlock_core::policy::{Budget, Cooldown, Limit, PaymentPolicy, Period, Policy, RiskPolicy};
use walletlock_core::request::Scope;

use crate::model::PinNumber;
use crate::touches::{CURRENCIES, currency, paying, sensor, touches, unlocking};
pub(crate) use crate::touches::{Touch, Wanted};

/// How many copies are kept.
pub(crate) const COPIES: usize = 4;

/// The PINs that are set and tried. The last is the first with two digits swapped by a slip.
pub(crate) const PINS: [&str; 14] = [
    "493716", "582941", "604183", "713859", "268405", "837164", "350927", "916483", "740582", "129574", "487203",
    "665918", "301746", "493761",
];

/// A PIN as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The PIN in force when it is typed.
    TheRightOne,
    Number(PinNumber),
    /// The PIN that was tried last.
    TheLastOne,
    TooShort,
}

/// One thing that someone does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Verify {
        pin: Typed,
        /// Whether the person first waits until a PIN is accepted.
        patiently: bool,
    },
    Change {
        session: usize,
        current: Typed,
        new: Typed,
        keeps_biometrics: bool,
    },
    /// Sets the wipe PIN, or clears it.
    SetWipePin {
        session: usize,
        current: Typed,
        wipe: Option<Typed>,
    },
    HasWipePin(usize),
    Remove(Typed),
    Enrol(Typed),
    Wipe,
    /// The PIN pad opens.
    Prepare,
    /// Asks whether what was found at opening is still so.
    Recheck,
    Status,
    /// The app saves the time, at a moment that may be its last.
    SaveTime,
    Read {
        session: usize,
        item: u8,
    },
    Write {
        session: usize,
        item: u8,
        byte: u8,
    },
    Delete {
        session: usize,
        item: u8,
    },
    Items(usize),
    History(usize),
    IsLive(usize),
    Close(usize),
    LockNow,
    /// Unlocks with biometrics.
    Unlock {
        wanted: Wanted,
        touches: Vec<Touch>,
    },
    /// Asks for a payment, and confirms it with biometrics. If that fails, the app cancels it.
    Pay {
        wanted: Wanted,
        touches: Vec<Touch>,
    },
    Enable {
        session: usize,
        touches: Vec<Touch>,
    },
    Disable(usize),
    /// The app dismisses the prompt.
    Cancel,
    /// On the phone.
    EnrolAnotherFinger,
    Sensor(Option<SensorAvailability>),
    Clock(ClockChange),
    /// The app ends and starts again, perhaps with another policy, and perhaps because the phone restarted.
    Restart {
        policy: Option<usize>,
        reboots: bool,
    },
    /// While the app is not running, someone puts back the files from this many starts before.
    PutBack(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ClockChange {
    Passes(u64),
    /// Until a PIN is accepted, and this many milliseconds more or less.
    WaitIsOver(i64),
    Wall(i64),
    Boot(i64),
    /// The boot count rises as if the phone had restarted, but the app goes on running.
    BootCountRises,
    BootCountIsReadable(bool),
}

/// What happens while a call asks the phone something.
#[derive(Clone, Debug)]
pub(crate) enum Twist {
    /// The process is killed here.
    Kill,
    /// The process is killed here, and the keystore loses the seal key that it made last.
    KillAndLose,
    /// The phone gives a false answer instead of an error: no key, no alias, another MAC.
    Lie,
    /// The phone answers with this fault.
    Fault(DeviceKeyFault),
    /// Another call comes before the phone answers.
    Before(Step),
    /// Another call comes after the phone has answered, and before the lock receives the answer.
    After(Step),
}

/// An act, and its twists. Each twist has the number of the question to the phone at which it happens.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) act: Act,
    pub(crate) twists: Vec<(usize, Twist)>,
}

/// A life of a wallet.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) policy: usize,
    /// Whether biometrics are set up at the beginning.
    pub(crate) has_biometrics: bool,
    pub(crate) steps: Vec<Step>,
}

pub(crate) fn lives() -> impl Strategy<Value = Life> {
    let life = |has_biometrics: bool| {
        let step = if has_biometrics { prop_oneof![2 => with_finger(), 1 => step(2)].boxed() } else { step(2) };
        (0..policies().len(), prop::collection::vec(step, 1..60)).prop_map(move |(policy, steps)| Life {
            policy,
            has_biometrics,
            steps,
        })
    };
    prop_oneof![3 => life(false), 2 => life(true)]
}

/// Steps of a person who opens the wallet and pays with biometrics.
fn with_finger() -> BoxedStrategy<Step> {
    let policy = prop::option::weighted(0.3, 0..policies().len());
    let touches = || prop_oneof![Just(vec![Touch::Owner]), touches()];
    let act = prop_oneof![
        4 => (unlocking(), touches()).prop_map(|(wanted, touches)| Act::Unlock { wanted, touches }),
        10 => (paying(), touches()).prop_map(|(wanted, touches)| Act::Pay { wanted, touches }),
        3 => Just(Act::Verify { pin: Typed::TheRightOne, patiently: true }),
        2 => Just(Act::Enable { session: 0, touches: vec![Touch::Owner] }),
        1 => touches().prop_map(|touches| Act::Enable { session: 0, touches }),
        1 => sensor().prop_map(Act::Sensor),
        1 => act_inside(),
    ];
    let restart = (policy, prop::bool::weighted(0.2)).prop_map(|(policy, reboots)| Act::Restart { policy, reboots });
    let act = prop_oneof![24 => act, 2 => restart, 1 => (0..COPIES).prop_map(Act::PutBack)];
    with_twists(act.boxed(), 2, 6)
}

/// `depth`: how deep calls may overtake one another.
fn step(depth: u32) -> BoxedStrategy<Step> {
    let act = prop_oneof![36 => act(), 6 => restart(), 1 => (0..COPIES).prop_map(Act::PutBack)];
    with_twists(act.boxed(), depth, 3)
}

/// `undisturbed`: the weight of steps without a twist. Steps with twists have the weight 3.
fn with_twists(act: BoxedStrategy<Act>, depth: u32, undisturbed: u32) -> BoxedStrategy<Step> {
    let fault = prop_oneof![
        4 => Just(DeviceKeyFault::Busy), 4 => Just(DeviceKeyFault::Failed), 1 => Just(DeviceKeyFault::Gone)
    ];
    let twist = if depth == 0 {
        prop_oneof![3 => fault.prop_map(Twist::Fault), 1 => Just(Twist::Lie)].boxed()
    } else {
        // A whole call inside another one. The process does not restart there.
        let inner = with_twists(act_inside().boxed(), depth - 1, 3);
        prop_oneof![
            3 => fault.prop_map(Twist::Fault),
            2 => Just(Twist::Kill),
            1 => Just(Twist::KillAndLose),
            1 => Just(Twist::Lie),
            2 => inner.clone().prop_map(Twist::Before),
            3 => inner.prop_map(Twist::After),
        ]
        .boxed()
    };
    // A try asks about a dozen questions, an opening that finds a damaged wallet about forty.
    let question = prop_oneof![3 => 0..14_usize, 1 => 0..40_usize];
    let twists = prop_oneof![
        undisturbed => Just(vec![]),
        3 => prop::collection::vec((question, twist), 1..3),
    ];
    (act, twists).prop_map(|(act, twists)| Step { act, twists }).boxed()
}

fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![
        2 => Just(Typed::TheRightOne),
        20 => (0..PINS.len()).prop_map(Typed::Number),
        3 => Just(Typed::TheLastOne),
        1 => Just(Typed::TooShort),
    ]
}

/// The PIN of a person who mostly knows it.
fn known() -> impl Strategy<Value = Typed> {
    prop_oneof![4 => Just(Typed::TheRightOne), 1 => typed()]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        60 => act_inside(),
        3 => Just(Act::Clock(ClockChange::BootCountRises)),
        3 => known().prop_map(Act::Remove),
        1 => Just(Act::Wipe),
        // Mostly refused, except after a removal, a wipe or a kill.
        9 => (0..PINS.len()).prop_map(|pin| Act::Enrol(Typed::Number(pin))),
    ]
}

fn act_inside() -> impl Strategy<Value = Act> {
    let session = || 0..3_usize;
    let item = || 0..3_u8;
    prop_oneof![
        26 => (typed(), any::<bool>()).prop_map(|(pin, patiently)| Act::Verify { pin, patiently }),
        11 => (session(), known(), (0..PINS.len()), any::<bool>()).prop_map(|(session, current, new, keeps_biometrics)| {
            Act::Change { session, current, new: Typed::Number(new), keeps_biometrics }
        }),
        1 => (session(), known(), typed()).prop_map(|(session, current, new)| {
            Act::Change { session, current, new, keeps_biometrics: true }
        }),
        5 => (session(), known(), prop::option::weighted(0.7, typed())).prop_map(|(session, current, wipe)| {
            Act::SetWipePin { session, current, wipe }
        }),
        1 => session().prop_map(Act::HasWipePin),
        1 => known().prop_map(Act::Remove),
        1 => typed().prop_map(Act::Enrol),
        4 => Just(Act::Prepare),
        2 => Just(Act::Recheck),
        3 => Just(Act::Status),
        2 => Just(Act::SaveTime),
        1 => (session(), item()).prop_map(|(session, item)| Act::Read { session, item }),
        2 => (session(), item(), any::<u8>()).prop_map(|(session, item, byte)| Act::Write { session, item, byte }),
        1 => (session(), item()).prop_map(|(session, item)| Act::Delete { session, item }),
        1 => session().prop_map(Act::Items),
        1 => session().prop_map(Act::History),
        1 => session().prop_map(Act::IsLive),
        1 => session().prop_map(Act::Close),
        1 => Just(Act::LockNow),
        6 => clock_change().prop_map(Act::Clock),
        6 => (unlocking(), touches()).prop_map(|(wanted, touches)| Act::Unlock { wanted, touches }),
        6 => (paying(), touches()).prop_map(|(wanted, touches)| Act::Pay { wanted, touches }),
        5 => (session(), touches()).prop_map(|(session, touches)| Act::Enable { session, touches }),
        1 => session().prop_map(Act::Disable),
        1 => Just(Act::Cancel),
        1 => Just(Act::EnrolAnotherFinger),
        1 => sensor().prop_map(Act::Sensor),
    ]
}

fn clock_change() -> impl Strategy<Value = ClockChange> {
    // Around the spans that matter: a late reading, a minute, idle and absolute time of a session, the duplicate
    // window, a fresh PIN, a PIN that is too old.
    let span = || {
        let about = prop::sample::select(vec![0_i64, 1_000, 30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000]);
        (about, -2..3_i64).prop_map(|(about, off)| (about + off).max(0))
    };
    let either_way = || (span(), any::<bool>()).prop_map(|(span, back)| if back { -span } else { span });
    prop_oneof![
        6 => span().prop_map(|span| ClockChange::Passes(span.unsigned_abs())),
        4 => (-1..2_i64).prop_map(ClockChange::WaitIsOver),
        1 => either_way().prop_map(ClockChange::Wall),
        2 => either_way().prop_map(ClockChange::Boot),
        2 => prop::bool::weighted(0.8).prop_map(ClockChange::BootCountIsReadable),
    ]
}

fn restart() -> impl Strategy<Value = Act> {
    let policy = prop::option::weighted(0.5, 0..policies().len());
    (policy, prop::bool::weighted(0.3)).prop_map(|(policy, reboots)| Act::Restart { policy, reboots })
}

/// The presets that differ most, a tiny policy that reaches every limit soon, and variants of it: stricter, easier, and
/// partly each.
pub(crate) fn policies() -> Vec<Policy> {
    let presets = ["walletlock", "trezor", "ctap2", "nl_wallet", "android_rate_limiter"];
    let mut policies: Vec<_> = presets.iter().filter_map(|name| Policy::preset(name).ok()).collect();
    let budget = |which, per_payment_minor, total_minor| {
        let currency = currency(which);
        Budget { currency, per_payment_minor, total_minor }
    };
    // Presets leave budgets to the app.
    policies.iter_mut().for_each(|policy| policy.biometric.budgets = vec![budget(0, 1_000, 1_500)]);
    let mut tiny = Policy { name: "tiny".to_owned(), ..Policy::default() };
    tiny.lockout.cooldowns = vec![
        Cooldown { from: 2, to: Some(2), wait_s: 2 },
        Cooldown { from: 3, to: Some(4), wait_s: 90 },
        Cooldown { from: 5, to: None, wait_s: 200 },
    ];
    (tiny.lockout.lock_at, tiny.lockout.wipe_at) = (None, Some(6));
    (tiny.lockout.duplicate_memory, tiny.lockout.no_verdict_budget) = (2, 2);
    (tiny.biometric.strong_auth_max_age_h, tiny.biometric.max_uses) = (1, 3);
    (tiny.biometric.failures_before_pin, tiny.biometric.failures_before_off) = (2, 3);
    tiny.biometric.budgets = vec![budget(0, 2_000, 3_000), budget(1, 500, 500)];
    (tiny.session.idle_s, tiny.session.absolute_s, tiny.pin.remember) = (60, 120, 2);
    let variant = |name: &str, change: &dyn Fn(&mut Policy)| {
        let mut policy = Policy { name: name.to_owned(), ..tiny.clone() };
        change(&mut policy);
        policy
    };
    policies.extend([
        variant("tiny, stricter", &|policy| {
            (policy.lockout.lock_at, policy.lockout.per_boot_limit, policy.lockout.no_verdict_budget) =
                (Some(5), Some(3), 1);
            (policy.biometric.max_uses, policy.biometric.failures_before_off) = (2, 2);
            policy.biometric.budgets = vec![budget(0, 1_000, 2_000)];
        }),
        variant("tiny, easier", &|policy| {
            policy.lockout.cooldowns.clear();
            (policy.biometric.max_uses, policy.biometric.failures_before_pin) = (20, 3);
            // Before this budget is used up, as many authorisations are out as may be.
            policy.biometric.budgets = vec![budget(0, 5_000, 100_000), budget(2, 1_000, 1_000)];
        }),
        variant("tiny, easier in part", &|policy| {
            (policy.lockout.no_verdict_budget, policy.session.idle_s, policy.pin.remember) = (0, 120, 0);
        }),
        variant("tiny, locks", &|policy| (policy.lockout.lock_at, policy.lockout.wipe_at) = (Some(5), None)),
        variant("tiny, stops soon", &|policy| policy.lockout.lock_at = Some(2)),
        variant("tiny, wipes soon", &|policy| {
            policy.lockout.cooldowns.clear();
            policy.lockout.wipe_at = Some(2);
        }),
        tiny.clone(),
        tiny,
    ]);
    policies.iter_mut().for_each(|policy| {
        // Calls wait for a prompt that nobody answers, so its timeout is as short as possible.
        policy.biometric.prompt_timeout_ms = 1;
        policy.payment = payments();
    });
    policies
}

/// Every amount may be paid, and no rule asks for more proof: only the budget of biometrics decides.
fn payments() -> PaymentPolicy {
    let limit = |which| Limit::amount(Scope::All, currency(which), Period::Payment, MAX_MINOR);
    let limits = (0..CURRENCIES.len()).map(limit).collect();
    PaymentPolicy { limits, risk: RiskPolicy::off(), ..PaymentPolicy::default() }
}
