//! A call of the model, told step by step: it says what the lock must ask the phone next, and goes on once that was answered.
//!
//! The model of a call is an `async` function, so that it reads like the list in the design. Nothing runs at the same time: the real
//! lock's callbacks wake it, one by one, and what it awaits is what the lock has to ask.

use std::future::{Future, poll_fn};
use std::mem::discriminant;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use walletlock_core::events::Kind;
use walletlock_core::platform::DeviceKeyFault;

use crate::model::{BioSlot, Reading};
use crate::outcome::Outcome;

/// What a lock asks of the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Clock,
    Entropy,
    Aliases(Scope),
    /// By name.
    Exists(Key),
    Ready(Key),
    Hmac(Key),
    /// Made once more under its name it is another: only the model knows which.
    Create(Key, u64),
    Delete(Key),
    SensorAvailability,
    /// For this slot: only the model knows which.
    Show(Shows, BioSlot),
    Dismiss,
    /// The listener is told of the journal line of this number.
    Told(u64, Kind),
}

/// What a prompt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    Enable,
    Unlock,
    /// So many minor units.
    Pay(u64),
}

/// Which aliases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those of this place.
    Here,
    /// Those that the first format named after the file.
    File,
    /// Those of a wallet.
    Wallet(u64),
    /// The marks of wiped wallets.
    Marks,
}

/// A device key, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Of the slot of this number.
    Pin(u64),
    /// Likewise.
    Biometric(u64),
    Seal {
        wallet: u64,
        epoch: u64,
    },
    /// The mark of a wallet that was wiped.
    Mark(u64),
    /// The mark of a place where a wallet was wiped that nobody knew any more.
    PlaceMark,
    /// Made to see whether the keystore works.
    Probe,
}

impl Ask {
    /// The same question, whomever it is for.
    pub(crate) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Show(one, _), Self::Show(other, _)) => one == other,
            (one @ Self::Told(..), other) => one == other,
            (one, other) => discriminant(&one) == discriminant(&other),
        }
    }

    /// The key that it is about.
    pub(crate) fn key(self) -> Option<Key> {
        match self {
            Self::Exists(key) | Self::Ready(key) | Self::Hmac(key) | Self::Create(key, _) | Self::Delete(key) => {
                Some(key)
            }
            _ => None,
        }
    }
}

/// What no key was made for.
pub(crate) const NOTHING: u64 = u64::MAX;

/// What the phone answered, and the time. Clock and entropy know one fault only.
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
    /// The lock asks this next, and nothing else.
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

    /// How it must end. `None`: not yet.
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
