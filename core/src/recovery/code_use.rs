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
    /// The place in the lists of one for each use.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Recovery => 0,
            Self::Session => 1,
        }
    }
}
