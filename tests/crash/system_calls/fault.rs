//! What happens at one system call, and how the process ends after it.

use std::fmt;

use crate::net::Call;

/// Which call the fault hits, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) call: Call,
    /// The number of the call among calls of that name, from 0.
    pub(crate) nth: u32,
    pub(crate) fault: Fault,
    pub(crate) ending: Ending,
}

/// What happens at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed before the call.
    Killed,
    /// Half of the data is written, then the process is killed.
    KilledHalfway,
    /// The call is done, then the process is killed.
    KilledAfter,
    /// The call fails with EIO, and does nothing.
    Eio,
    /// The call fails with EIO, although it has done everything.
    EioThoughDone,
    /// The call fails with EIO, and so does every later one.
    EioFromHere,
    /// The call fails with ENOSPC.
    Enospc,
    /// The call fails with ENOSPC, and so does everything after it that needs room.
    EnospcFromHere,
    /// Half of the data is written, and the call reports that.
    Short,
    /// Half of the data is written, and the write of the rest fails with ENOSPC.
    ShortThenFull,
    /// A flush fails, and from then on the file reads as it was at the flush before: Linux treats the pages as written,
    /// and may drop them to free memory.
    FlushLost,
    /// A flush fails, and its data is lost when the process dies, as in a power cut, unless it is written again: Linux
    /// treats the pages as written, so no later flush writes them.
    FlushForgotten,
    /// The call reports success and does nothing. No lock can stand that: it is the control.
    Pretended,
}

/// How a process ends if the fault did not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is killed as soon as it has reported the outcome of the step with the fault.
    KilledOnceTold,
    /// It is killed when the device key is next asked for a PIN's HMAC: a guess was made, and its charge must be on the
    /// disk.
    KilledWhenAsked,
    /// It goes on, and is killed just before it closes the lock.
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

    /// All faults that the sweep plays at such a call.
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

    /// The ways in which a process may end after this fault.
    pub(crate) fn endings(self) -> &'static [Ending] {
        match self {
            Self::Killed | Self::KilledHalfway | Self::KilledAfter => &[Ending::Closed],
            Self::Pretended => &[Ending::KilledOnceTold],
            // A process that is killed at once would repeat the case of `FlushLost`. One that closes the lock loses
            // nothing.
            Self::FlushForgotten => &[Ending::KilledWhenAsked, Ending::KilledAtLast],
            // A process that is killed at once would repeat the same fault without its later effects.
            Self::EioFromHere | Self::EnospcFromHere | Self::Short => &[Ending::Closed],
            Self::Eio | Self::EioThoughDone | Self::Enospc | Self::ShortThenFull | Self::FlushLost => {
                &[Ending::KilledOnceTold, Ending::Closed]
            }
        }
    }

    /// Whether this fault may lose what was not flushed.
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
    /// Whether a change that was reported as failed may still be found done: after a failed flush, or after a call that
    /// did everything and reported EIO.
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
