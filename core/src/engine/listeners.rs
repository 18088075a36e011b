//! The listeners that are told of journal lines.

use std::sync::{Arc, Mutex};

use super::lock;
use crate::events::Event;
use crate::platform::Listener;

/// The listeners that are told of journal lines.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<Registered>);

#[derive(Default)]
struct Registered {
    last: u64,
    all: Vec<(u64, Arc<dyn Listener>)>,
}

impl Listeners {
    /// Adds a listener. Returns a number for [`Self::remove`].
    pub(crate) fn add(&self, listener: Arc<dyn Listener>) -> u64 {
        let mut registered = lock(&self.0);
        registered.last += 1;
        let number = registered.last;
        registered.all.push((number, listener));
        number
    }

    pub(crate) fn remove(&self, number: u64) {
        let mut registered = lock(&self.0);
        let place = registered.all.iter().position(|(listener, _)| *listener == number);
        let removed = place.map(|place| registered.all.remove(place));
        drop(registered);
        // Dropped after the mutex is released: its destructor may call back into the lock.
        drop(removed);
    }

    /// Tells all listeners. The lines are committed already, so a listener's error is ignored. After an error the
    /// listener is told of the next line too.
    pub(crate) fn tell(&self, events: &[Event]) {
        let listeners: Vec<_> = lock(&self.0).all.iter().map(|(_, listener)| listener.clone()).collect();
        for event in events {
            for listener in &listeners {
                listener.on_event(*event).ok();
            }
        }
    }
}
