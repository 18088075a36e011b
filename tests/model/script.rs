//! A call of the model, step by step: it says what the lock must ask the phone next, and goes on once that was
//! answered.
//!
//! The model of a call is an `async` function, so that it reads like the list in the design. Nothing runs in parallel:
//! the callbacks of the real lock poll it, one after the other, and it awaits exactly what the lock has to ask.

use std::future::{Future, poll_fn};
use std::mem::discriminant;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use walletlock_core::events::Kind;
use walletlock_core::platform::DeviceKeyFault;

use crate::model::{BioSlot, Reading};
use crate::outcome::Outcome;

/// What a lock asks the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Clock,
    Entropy,
    Aliases(Scope),
    /// Whether the key of this alias exists.
    Exists(Key),
    Ready(Key),
    Hmac(Key),
    /// A key that is made again under the same alias is another key. Only the model knows its number.
    Create(Key, u64),
    Delete(Key),
    SensorAvailability,
    /// For this slot, which only the model knows.
    Show(Shows, BioSlot),
    Dismiss,
    /// The listener is told of the journal line with this number.
    Told(u64, Kind),
}

/// What a prompt shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    Enable,
    Unlock,
    /// This many minor units.
    Pay(u64),
}

/// Which aliases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those of this place.
    Here,
    /// Those that format 1 named after the file.
    File,
    /// Those of a wallet.
    Wallet(u64),
    /// Those of all wallets, at whatever place they were made.
    Everywhere,
    /// The marks of wiped wallets.
    Marks,
}

/// A device key, by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The key of the PIN slot with this number.
    Pin(u64),
    /// The key of the biometric slot with this number.
    Biometric(u64),
    Seal {
        wallet: u64,
        epoch: u64,
    },
    /// The mark of a wallet that was wiped.
    Mark(u64),
    /// The mark of a place where a wallet was wiped whose id was not known.
    PlaceMark,
    /// A key made only to find out whether the keystore works.
    Probe,
}

impl Ask {
    /// Whether the question is the same, whatever key or slot it is about.
    pub(crate) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Show(one, _), Self::Show(other, _)) => one == other,
            (one @ Self::Told(..), other) => one == other,
            (one, other) => discriminant(&one) == discriminant(&other),
        }
    }

    /// The key that the question is about.
    pub(crate) fn key(self) -> Option<Key> {
        match self {
            Self::Exists(key) | Self::Ready(key) | Self::Hmac(key) | Self::Create(key, _) | Self::Delete(key) => {
                Some(key)
            }
            _ => None,
        }
    }
}

/// A number that no key has.
pub(crate) const NOTHING: u64 = u64::MAX;

/// The phone's answer, and the time. Clock and entropy have only one fault.
pub(crate) type Answer = Result<Reading, DeviceKeyFault>;

/// The model's half of a call.
pub(crate) struct Call {
    script: Script,
    future: Option<Pin<Box<dyn Future<Output = Outcome> + Send>>>,
    ended: Option<Outcome>,
}

/// Where the model of a call says what comes next.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Line>>);

#[derive(Default)]
struct Line {
    asks: Option<Ask>,
    answer: Option<Answer>,
}

impl Script {
    /// The lock must ask this next, and nothing else.
    pub(crate) fn ask(&self, ask: Ask) -> impl Future<Output = Answer> + use<> {
        lock(&self.0).asks = Some(ask);
        let line = self.0.clone();
        poll_fn(move |_| lock(&line).answer.take().map_or(Poll::Pending, Poll::Ready))
    }
}

impl Call {
    pub(crate) fn start<F: Future<Output = Outcome> + Send + 'static>(model: impl FnOnce(Script) -> F) -> Self {
        let script = Script::default();
        let mut call = Self { future: Some(Box::pin(model(script.clone()))), script, ended: None };
        call.go_on();
        call
    }

    /// What the lock must ask next. `None`: it must return.
    pub(crate) fn asks(&self) -> Option<Ask> {
        lock(&self.script.0).asks
    }

    pub(crate) fn answer(&mut self, answer: Answer) {
        *lock(&self.script.0) = Line { asks: None, answer: Some(answer) };
        self.go_on();
    }

    /// How the call must end. `None`: not yet known.
    pub(crate) fn ended(&self) -> Option<&Outcome> {
        self.ended.as_ref()
    }

    fn go_on(&mut self) {
        let Some(future) = &mut self.future else { return };
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.future = None;
            self.ended = Some(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
