//! What happens in front of the sensor, and what biometrics are asked for, both drawn at random.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use walletlock_core::money::{Currency, Money};
use walletlock_core::platform::testing::Act as Played;
use walletlock_core::platform::{PromptEnd, SensorAvailability};
use walletlock_core::request::{BiometricRequest, Payee, Payment};

/// A payment in each of them is allowed. Most policies allow biometrics alone to pay only in the first two.
pub(crate) const CURRENCIES: [&str; 3] = ["EUR", "CHF", "USD"];

/// What biometrics are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The amount in minor units, and an index into `CURRENCIES`. `None`: unlocks.
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

    pub(crate) fn unlocking(&self) -> BiometricRequest {
        BiometricRequest { risk_is_raised: self.risk, ..BiometricRequest::default() }
    }

    /// The payment that is asked for. Every one has another number.
    pub(crate) fn paying(&self, number: u64) -> Payment {
        let (minor, currency) = self.payment().expect("a payment");
        let payee = Payee { name: "Bakery".to_owned(), id: "bakery".to_owned() };
        Payment::new(&format!("order-{number}"), Money::new(minor, currency).expect("an amount"), payee)
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

pub(crate) fn unlocking() -> impl Strategy<Value = Wanted> {
    prop::bool::weighted(0.05).prop_map(|risk| Wanted { pays: None, risk })
}

pub(crate) fn paying() -> impl Strategy<Value = Wanted> {
    // Often a price of which a budget allows one and not two.
    let usual = prop::sample::select(vec![1_000, 2_000]);
    let minor = prop_oneof![2 => usual, 3 => prop::sample::select(vec![1, 499, 500, 1_001, 2_001, 3_000, 5_000])];
    let pays = (minor, prop_oneof![6 => Just(0_usize), 1 => 1..CURRENCIES.len()]);
    pays.prop_map(|pays| Wanted { pays: Some(pays), risk: false })
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
