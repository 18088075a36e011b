//! What a code of the authenticator, or one that was sent, is typed for.

/// What a code is asked for and typed for. Each has its own counts: otherwise anybody who holds the locked phone could
/// use up the codes that its owner needs for the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeUse {
    /// Getting back in, for which nobody needs the PIN.
    Recovery,
    /// Something in an open session.
    Session,
}

impl CodeUse {
    /// The one of the two that is for this use.
    pub(super) fn of<T>(self, [recovery, session]: &[T; 2]) -> &T {
        match self {
            Self::Recovery => recovery,
            Self::Session => session,
        }
    }

    /// As [`Self::of`], to be changed.
    pub(super) fn of_mut<T>(self, [recovery, session]: &mut [T; 2]) -> &mut T {
        match self {
            Self::Recovery => recovery,
            Self::Session => session,
        }
    }
}
