//! What opening results in, as a pure table: from the kind of row and the keystore's answers so far, it names the next
//! question or the result.
//!
//! If an answer is missing, nothing is declared damaged and no new wallet is begun: the wallet is busy, and is examined
//! again later.

/// What the record's row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Nothing: no file, an empty file, or an empty database.
    Empty,
    /// No record, but items or journal lines, which only a wallet with a record leaves; or not a database, or a broken
    /// one.
    Broken,
    /// The row of a wallet that was being made or removed, and nothing else.
    Unfinished,
    /// The row of a wallet that was wiped together with its record, and nothing else.
    Wiped,
    /// A record of a later format.
    Newer,
    /// A sealed record.
    Sealed {
        /// Whether the row also holds a copy of the record, under the key of the previous epoch.
        has_copy: bool,
    },
}

/// Whether the keystore has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not asked yet.
    Unasked,
    /// The key exists.
    Yes,
    /// The key does not exist, and the keystore is believed.
    No,
    /// The keystore did not answer, or cannot be believed.
    Unsure,
}

/// The result of opening a sealed record with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Not asked yet.
    Unasked,
    /// The record opened; its wallet is alive.
    Alive,
    /// The record opened; it says that its wallet was wiped.
    Wiped,
    /// The key fits, but a newer version wrote the record.
    Newer,
    /// The key gave two equal answers, and the record does not open.
    Refused,
    /// The key does not exist, and the keystore is believed.
    NoKey,
    /// The keystore did not answer, or cannot be believed.
    Unsure,
}

/// What is known so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answers {
    /// Whether a mark says that the wallet, or whatever was at this place, was wiped. For an unfinished row only the
    /// wallet's own mark counts: the place's mark is deleted only after that row is written.
    pub(super) mark: Seen,
    /// Whether there is a seal key at this place. Asked if there is no record.
    pub(super) seal_keys: Seen,
    /// The record, opened with the key of its epoch.
    pub(super) record: Opened,
    /// The copy, opened with the key of the previous epoch.
    pub(super) copy: Opened,
    /// The PIN slot's key. Asked after the record opened.
    pub(super) pin_key: Seen,
    /// The mark, asked for again: a 'no' is believed only from a keystore that has answered other questions in between.
    pub(super) mark_again: Seen,
}

impl Answers {
    /// The state before anything was asked.
    pub(super) const NONE: Self = Self {
        mark: Seen::Unasked,
        seal_keys: Seen::Unasked,
        record: Opened::Unasked,
        copy: Opened::Unasked,
        pin_key: Seen::Unasked,
        mark_again: Seen::Unasked,
    };
}

/// What to ask the keystore. The answer to each question goes into the field of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Mark,
    SealKeys,
    Record,
    Copy,
    PinKey,
    MarkAgain,
}

/// The result of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// There is no wallet: the first PIN can be set.
    Unconfigured,
    /// A wallet was being made or removed: the rest of it is to be deleted.
    BeingMade,
    /// A wallet whose record opened.
    Alive,
    /// A wallet whose copy of the record opened: the keystore lost the key that it had just made.
    AliveByCopy,
    /// A wiped wallet: its record says so.
    Wiped,
    /// A wiped wallet of which only the row is left.
    WipedWhole,
    /// A wiped wallet: its mark says so. The rest of it is to be destroyed.
    WipeCutShort,
    /// A wallet that cannot be opened any more.
    Damaged,
    /// The keystore gave no reliable answer now.
    Busy,
    /// A newer version wrote it.
    Newer,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask this question.
    Ask(Question),
    /// The result is known.
    Told(Opening),
}

/// The next step, given the row and the answers so far.
pub(super) fn next(row: Row, answers: &Answers) -> Next {
    use Next::{Ask, Told};
    match row {
        Row::Newer => Told(Opening::Newer),
        // Someone may have put back, after the wipe, a copy of the file from the time when the wallet was being made.
        Row::Unfinished => match answers.mark {
            Seen::Unasked => Ask(Question::Mark),
            Seen::Yes => Told(Opening::WipeCutShort),
            Seen::Unsure => Told(Opening::Busy),
            Seen::No => Told(Opening::BeingMade),
        },
        Row::Wiped => Told(Opening::WipedWhole),
        Row::Empty => match (answers.seal_keys, answers.mark) {
            (Seen::Unasked, _) => Ask(Question::SealKeys),
            (_, Seen::Unasked) => Ask(Question::Mark),
            (_, Seen::Yes) => Told(Opening::WipeCutShort),
            (Seen::Unsure, _) | (_, Seen::Unsure) => Told(Opening::Busy),
            // A seal key without a record: someone took the record away.
            (Seen::Yes, Seen::No) => Told(Opening::Damaged),
            (Seen::No, Seen::No) => Told(Opening::Unconfigured),
        },
        Row::Broken => match (answers.seal_keys, answers.mark) {
            // Asked first: the wallets whose keys are here determine which marks to ask for.
            (Seen::Unasked, _) => Ask(Question::SealKeys),
            (_, Seen::Unasked) => Ask(Question::Mark),
            (_, Seen::Yes) => Told(Opening::WipeCutShort),
            (Seen::Unsure, _) | (_, Seen::Unsure) => Told(Opening::Busy),
            (Seen::Yes | Seen::No, Seen::No) => Told(Opening::Damaged),
        },
        Row::Sealed { has_copy } => match (answers.mark, answers.record) {
            (Seen::Unasked, _) => Ask(Question::Mark),
            (_, Opened::Unasked) => Ask(Question::Record),
            // While the key of the record's epoch exists, the copy is not tried.
            (_, Opened::NoKey) if has_copy => match answers.copy {
                Opened::Unasked => Ask(Question::Copy),
                opened => by_record(opened, Opening::AliveByCopy, answers),
            },
            (_, opened) => by_record(opened, Opening::Alive, answers),
        },
    }
}

/// The next step after a key was tried on the record or on its copy.
fn by_record(opened: Opened, alive: Opening, answers: &Answers) -> Next {
    use Next::{Ask, Told};
    match (opened, answers.mark) {
        (Opened::Newer, _) => Told(Opening::Newer),
        (Opened::Wiped, _) => Told(Opening::Wiped),
        // The wipe's commit was lost, or someone put an older row in its place.
        (_, Seen::Yes) => Told(Opening::WipeCutShort),
        (Opened::Unsure | Opened::Unasked, _) | (_, Seen::Unsure | Seen::Unasked) => Told(Opening::Busy),
        (Opened::Refused | Opened::NoKey, Seen::No) => match answers.mark_again {
            Seen::Unasked => Ask(Question::MarkAgain),
            Seen::Yes => Told(Opening::WipeCutShort),
            Seen::Unsure => Told(Opening::Busy),
            Seen::No => Told(Opening::Damaged),
        },
        (Opened::Alive, Seen::No) => match (answers.pin_key, answers.mark_again) {
            (Seen::Unasked, _) => Ask(Question::PinKey),
            (_, Seen::Unasked) => Ask(Question::MarkAgain),
            (_, Seen::Yes) => Told(Opening::WipeCutShort),
            (Seen::Unsure, _) | (_, Seen::Unsure) => Told(Opening::Busy),
            // The record is here but the PIN slot's key is not: no PIN opens the wallet any more.
            (Seen::No, Seen::No) => Told(Opening::Damaged),
            (Seen::Yes, Seen::No) => Told(alive),
        },
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
