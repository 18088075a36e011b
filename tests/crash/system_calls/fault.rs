//! What happens at one system call, and what the process does after it.

use std::fmt;

use crate::net::Call;

/// Which call is struck, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) call: Call,
    /// Which of that name, the first is 0.
    pub(crate) nth: u32,
    pub(crate) fault: Fault,
    pub(crate) ending: Ending,
}

/// What happens at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed before it.
    Killed,
    /// Half of it is written, and the process killed.
    KilledHalfway,
    /// It is done, and the process killed.
    KilledAfter,
    /// It fails.
    Eio,
    /// It fails, and yet all of it is done.
    EioThoughDone,
    /// It fails, and so does every later one.
    EioFromHere,
    /// There is no room for it.
    Enospc,
    /// There is no room for it, and for nothing after it.
    EnospcFromHere,
    /// Half of it is written, as the call says.
    Short,
    /// Half of it is written, and there is no room for the rest.
    ShortThenFull,
    /// A flush fails, and what it was to flush is at once read back as it was before: Linux takes it for written, and
    /// may need the memory.
    FlushLost,
    /// A flush fails, and what it was to flush is lost with the process, as in a power cut, unless it is written again:
    /// Linux takes it for written, and no later flush writes it.
    FlushForgotten,
    /// The call says that it was done, and nothing is. No lock can stand that: it is the control.
    Pretended,
}

/// How a process ends whose fault did not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is killed as soon as it has said how the step ended that the fault struck.
    KilledOnceTold,
    /// It is killed when the device key is next asked for a PIN's HMAC: a guess was made, and must have been paid for.
    KilledWhenAsked,
    /// It goes on, and is killed before it closes the lock.
    KilledAtLast,
    /// It goes on to its end.
    Closed,
}

impl Fault {
    const ALL: [Self; 13] = [
        Self::Killed,
        Self::KilledHalfway,
        Self::KilledAfter,
        Self::Eio,
        Self::EioThoughDone,
        Self::EioFromHere,
        Self::Enospc,
        Self::EnospcFromHere,
        Self::Short,
        Self::ShortThenFull,
        Self::FlushLost,
        Self::FlushForgotten,
        Self::Pretended,
    ];

    /// Everything that can happen to such a call.
    pub(crate) fn at(call: Call) -> &'static [Self] {
        match call {
            Call::Write | Call::WriteOn => &[
                Self::Killed,
                Self::KilledHalfway,
                Self::Eio,
                Self::EioThoughDone,
                Self::EioFromHere,
                Self::Enospc,
                Self::EnospcFromHere,
                Self::Short,
                Self::ShortThenFull,
                Self::Pretended,
            ],
            Call::Create => {
                &[Self::Killed, Self::Eio, Self::EioFromHere, Self::Enospc, Self::EnospcFromHere, Self::EioThoughDone]
            }
            Call::Flush => {
                &[Self::Killed, Self::Eio, Self::EioFromHere, Self::Enospc, Self::FlushLost, Self::FlushForgotten]
            }
            Call::Truncate | Call::Unlink => &[Self::Killed, Self::Eio, Self::EioThoughDone, Self::EioFromHere],
        }
    }

    pub(crate) fn kills(self) -> bool {
        matches!(self, Self::Killed | Self::KilledHalfway | Self::KilledAfter)
    }

    /// How a process may end to which this happened.
    pub(crate) fn endings(self) -> &'static [Ending] {
        match self {
            Self::Killed | Self::KilledHalfway | Self::KilledAfter => &[Ending::Closed],
            Self::Pretended => &[Ending::KilledOnceTold],
            // Killed at once, it would have lost the same as after a flush that was lost; closed, nothing.
            Self::FlushForgotten => &[Ending::KilledWhenAsked, Ending::KilledAtLast],
            // Killed at once, it would have been the same as without what comes later.
            Self::EioFromHere | Self::EnospcFromHere | Self::Short => &[Ending::Closed],
            Self::Eio | Self::EioThoughDone | Self::Enospc | Self::ShortThenFull | Self::FlushLost => {
                &[Ending::KilledOnceTold, Ending::Closed]
            }
        }
    }

    /// What was not flushed may be lost.
    pub(crate) fn loses(self) -> bool {
        matches!(self, Self::FlushLost | Self::FlushForgotten)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::KilledHalfway => "killed-halfway",
            Self::KilledAfter => "killed-after",
            Self::Eio => "eio",
            Self::EioThoughDone => "eio-though-done",
            Self::EioFromHere => "eio-from-here",
            Self::Enospc => "enospc",
            Self::EnospcFromHere => "enospc-from-here",
            Self::Short => "short",
            Self::ShortThenFull => "short-then-full",
            Self::FlushLost => "flush-lost",
            Self::FlushForgotten => "flush-forgotten",
            Self::Pretended => "pretended",
        }
    }
}

impl Plan {
    /// Whether what a call reported as failed may nevertheless be found done: a failed flush, or a call that lied.
    pub(crate) fn leaves_doubt(&self) -> bool {
        self.call == Call::Flush || self.fault == Fault::EioThoughDone
    }

    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(':');
        let mut next = || words.next();
        let (call, nth, fault, ending) = (next()?, next()?, next()?, next()?);
        Some(Self {
            call: Call::ALL.into_iter().find(|known| known.name() == call)?,
            nth: nth.parse().ok()?,
            fault: Fault::ALL.into_iter().find(|known| known.name() == fault)?,
            ending: match ending {
                "killed-once-told" => Ending::KilledOnceTold,
                "killed-when-asked" => Ending::KilledWhenAsked,
                "killed-at-last" => Ending::KilledAtLast,
                "closed" => Ending::Closed,
                _ => return None,
            },
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = match self.ending {
            Ending::KilledOnceTold => "killed-once-told",
            Ending::KilledWhenAsked => "killed-when-asked",
            Ending::KilledAtLast => "killed-at-last",
            Ending::Closed => "closed",
        };
        write!(f, "{}:{}:{}:{ending}", self.call.name(), self.nth, self.fault.name())
    }
}
