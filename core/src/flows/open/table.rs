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
pub(super) enum KeyAnswer {
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
pub(super) enum UnsealResult {
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
    pub(super) mark: KeyAnswer,
    /// Whether there is a seal key at this place. Asked if there is no record.
    pub(super) seal_keys: KeyAnswer,
    /// The record, opened with the key of its epoch.
    pub(super) record: UnsealResult,
    /// The copy, opened with the key of the previous epoch.
    pub(super) copy: UnsealResult,
    /// The PIN slot's key. Asked after the record opened.
    pub(super) pin_key: KeyAnswer,
    /// The mark, asked for again: a 'no' is believed only from a keystore that has answered other questions in between.
    pub(super) mark_again: KeyAnswer,
}

impl Answers {
    /// The state before anything was asked.
    pub(super) const NONE: Self = Self {
        mark: KeyAnswer::Unasked,
        seal_keys: KeyAnswer::Unasked,
        record: UnsealResult::Unasked,
        copy: UnsealResult::Unasked,
        pin_key: KeyAnswer::Unasked,
        mark_again: KeyAnswer::Unasked,
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
    WipedWithRecord,
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
    Decided(Opening),
}

/// The next step, given the row and the answers so far.
pub(super) fn next(row: Row, answers: &Answers) -> Next {
    use Next::{Ask, Decided};
    match row {
        Row::Newer => Decided(Opening::Newer),
        // Someone may have put back, after the wipe, a copy of the file from the time when the wallet was being made.
        Row::Unfinished => match answers.mark {
            KeyAnswer::Unasked => Ask(Question::Mark),
            KeyAnswer::Yes => Decided(Opening::WipeCutShort),
            KeyAnswer::Unsure => Decided(Opening::Busy),
            KeyAnswer::No => Decided(Opening::BeingMade),
        },
        Row::Wiped => Decided(Opening::WipedWithRecord),
        Row::Empty => match (answers.seal_keys, answers.mark) {
            (KeyAnswer::Unasked, _) => Ask(Question::SealKeys),
            (_, KeyAnswer::Unasked) => Ask(Question::Mark),
            (_, KeyAnswer::Yes) => Decided(Opening::WipeCutShort),
            (KeyAnswer::Unsure, _) | (_, KeyAnswer::Unsure) => Decided(Opening::Busy),
            // A seal key without a record: someone took the record away.
            (KeyAnswer::Yes, KeyAnswer::No) => Decided(Opening::Damaged),
            (KeyAnswer::No, KeyAnswer::No) => Decided(Opening::Unconfigured),
        },
        Row::Broken => match (answers.seal_keys, answers.mark) {
            // Asked first: the wallets whose keys are here determine which marks to ask for.
            (KeyAnswer::Unasked, _) => Ask(Question::SealKeys),
            (_, KeyAnswer::Unasked) => Ask(Question::Mark),
            (_, KeyAnswer::Yes) => Decided(Opening::WipeCutShort),
            (KeyAnswer::Unsure, _) | (_, KeyAnswer::Unsure) => Decided(Opening::Busy),
            (KeyAnswer::Yes | KeyAnswer::No, KeyAnswer::No) => Decided(Opening::Damaged),
        },
        Row::Sealed { has_copy } => match (answers.mark, answers.record) {
            (KeyAnswer::Unasked, _) => Ask(Question::Mark),
            (_, UnsealResult::Unasked) => Ask(Question::Record),
            // While the key of the record's epoch exists, the copy is not tried.
            (_, UnsealResult::NoKey) if has_copy => match answers.copy {
                UnsealResult::Unasked => Ask(Question::Copy),
                opened => by_record(opened, Opening::AliveByCopy, answers),
            },
            (_, opened) => by_record(opened, Opening::Alive, answers),
        },
    }
}

/// The next step after a key was tried on the record or on its copy.
fn by_record(opened: UnsealResult, alive: Opening, answers: &Answers) -> Next {
    use Next::{Ask, Decided};
    match (opened, answers.mark) {
        (UnsealResult::Newer, _) => Decided(Opening::Newer),
        (UnsealResult::Wiped, _) => Decided(Opening::Wiped),
        // The wipe's commit was lost, or someone put an older row in its place.
        (_, KeyAnswer::Yes) => Decided(Opening::WipeCutShort),
        (UnsealResult::Unsure | UnsealResult::Unasked, _) | (_, KeyAnswer::Unsure | KeyAnswer::Unasked) => {
            Decided(Opening::Busy)
        }
        (UnsealResult::Refused | UnsealResult::NoKey, KeyAnswer::No) => match answers.mark_again {
            KeyAnswer::Unasked => Ask(Question::MarkAgain),
            KeyAnswer::Yes => Decided(Opening::WipeCutShort),
            KeyAnswer::Unsure => Decided(Opening::Busy),
            KeyAnswer::No => Decided(Opening::Damaged),
        },
        (UnsealResult::Alive, KeyAnswer::No) => match (answers.pin_key, answers.mark_again) {
            (KeyAnswer::Unasked, _) => Ask(Question::PinKey),
            (_, KeyAnswer::Unasked) => Ask(Question::MarkAgain),
            (_, KeyAnswer::Yes) => Decided(Opening::WipeCutShort),
            (KeyAnswer::Unsure, _) | (_, KeyAnswer::Unsure) => Decided(Opening::Busy),
            // The record is here but the PIN slot's key is not: no PIN opens the wallet any more.
            (KeyAnswer::No, KeyAnswer::No) => Decided(Opening::Damaged),
            (KeyAnswer::Yes, KeyAnswer::No) => Decided(alive),
        },
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
