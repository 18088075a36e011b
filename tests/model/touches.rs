//! What happens in front of the sensor, and what biometrics are asked for, both drawn at random.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use walletlock_core::money::{Currency, Money};
use walletlock_core::platform::testing::Act as Played;
use walletlock_core::platform::{PromptEnd, SensorAvailability};
use walletlock_core::request::{BiometricRequest, Payment};

/// Policies name the first two.
const CURRENCIES: [&str; 3] = ["EUR", "CHF", "USD"];

/// What biometrics are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The amount in minor units, and an index into `CURRENCIES`.
    pub(crate) pays: Option<(u64, usize)>,
    pub(crate) risk: bool,
}

/// One event in front of a prompt. When there are no more, the prompt stays unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    Owner,
    SomeoneElse,
    Ends(PromptEnd),
    /// The app is hooked: it says 'recognised' and hands over this many bytes.
    Hooked(usize),
    /// The answer is lost.
    Lost,
}

impl Wanted {
    pub(crate) const UNLOCKING: Self = Self { pays: None, risk: false };

    pub(crate) fn payment(&self) -> Option<(u64, Currency)> {
        self.pays.map(|(minor, which)| (minor, currency(which)))
    }

    pub(crate) fn request(&self) -> BiometricRequest {
        let payment = self.payment().map(|(minor, currency)| {
            let amount = Money::new(minor, currency).expect("an amount");
            Payment::new(amount, "Bakery").expect("a payee")
        });
        BiometricRequest { payment, risk_is_raised: self.risk, ..BiometricRequest::default() }
    }
}

pub(crate) fn currency(which: usize) -> Currency {
    Currency::new(CURRENCIES[which % CURRENCIES.len()]).expect("a currency")
}

impl Touch {
    pub(crate) fn play(self) -> Played {
        match self {
            Self::Owner => Played::OwnerTouches,
            Self::SomeoneElse => Played::SomeoneElseTouches,
            Self::Ends(how) => Played::Ends(how),
            Self::Hooked(bytes) => Played::ForgesSuccess(vec![0x77; bytes]),
            Self::Lost => Played::LosesTheAnswer,
        }
    }
}

pub(crate) fn wanted() -> impl Strategy<Value = Wanted> {
    let minor = prop::sample::select(vec![0, 1, 499, 500, 1_000, 1_001, 2_000, 2_001, 3_000, 5_000]);
    let pays = prop::option::weighted(0.5, (minor, prop_oneof![6 => Just(0_usize), 1 => 1..CURRENCIES.len()]));
    (pays, prop::bool::weighted(0.05)).prop_map(|(pays, risk)| Wanted { pays, risk })
}

/// Mostly the owner, perhaps after another person.
pub(crate) fn touches() -> impl Strategy<Value = Vec<Touch>> {
    let last = prop_oneof![
        10 => Just(vec![Touch::Owner]),
        3 => end().prop_map(|how| vec![Touch::Ends(how)]),
        2 => prop::sample::select(vec![0, 32, 59, 60]).prop_map(|bytes| vec![Touch::Hooked(bytes)]),
        1 => Just(vec![Touch::Lost]),
        2 => Just(vec![]),
    ];
    (prop_oneof![4 => Just(0_usize), 2 => Just(1_usize), 1 => 2..6_usize], last)
        .prop_map(|(strangers, last)| [vec![Touch::SomeoneElse; strangers], last].concat())
}

fn end() -> impl Strategy<Value = PromptEnd> {
    prop::sample::select(vec![
        PromptEnd::CancelledByPerson,
        PromptEnd::CancelledBySystem,
        PromptEnd::LockedOut,
        PromptEnd::LockedOutForGood,
        PromptEnd::NoneEnrolled,
        PromptEnd::NoHardware,
        PromptEnd::TimedOut,
        PromptEnd::NoVerdict,
    ])
}

/// What the phone says about its sensor. `None`: it does not answer.
pub(crate) fn sensor() -> impl Strategy<Value = Option<SensorAvailability>> {
    prop_oneof![
        6 => Just(Some(SensorAvailability::Ready)),
        1 => prop::sample::select(vec![
            Some(SensorAvailability::NoneEnrolled),
            Some(SensorAvailability::NoHardware),
            Some(SensorAvailability::Busy),
            Some(SensorAvailability::NotSupported),
            None,
        ]),
    ]
}
