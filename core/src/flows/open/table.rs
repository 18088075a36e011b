//! What opening comes to, as a pure table: what stands in the row, what the keystore answered of it so far, and what to ask next.
//!
//! Nothing is called damaged, and nothing new is begun, on an answer that is missing: then the wallet is busy, and is looked at again.

/// What stands where the record should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Nothing at all: no file, an empty one, or an empty database.
    Empty,
    /// No record, but what a record's wallet leaves: items or journal lines; or no database, or a broken one.
    Broken,
    /// The mark of a wallet that was being made or removed, and nothing else.
    Unfinished,
    /// The mark of a wallet that was wiped with its record, and nothing else.
    Wiped,
    /// A record of a later format.
    Newer,
    /// A sealed record.
    Sealed {
        /// Whether it stands there once more, under the key of the epoch before.
        has_copy: bool,
    },
}

/// Whether the keystore has something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not asked yet.
    Unasked,
    /// It has.
    Yes,
    /// It has not, and is believed.
    No,
    /// It did not answer, or cannot be believed.
    Unsure,
}

/// What a key made of a sealed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Not asked yet.
    Unasked,
    /// It opened to a wallet that is there.
    Alive,
    /// It opened to one that was wiped.
    Wiped,
    /// It opened to what a newer version wrote.
    Newer,
    /// The key gave two equal answers, and the record does not open.
    Refused,
    /// There is no such key, and the keystore is believed.
    NoKey,
    /// The keystore did not answer, or cannot be believed.
    Unsure,
}

/// What is known so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answers {
    /// Whether a mark says that the wallet, or whatever was at this place, was wiped.
    pub(super) mark: Seen,
    /// Whether there is a record's key at this place. Asked where there is no record.
    pub(super) seal_keys: Seen,
    /// The record under the key of its epoch.
    pub(super) record: Opened,
    /// The copy under the key of the epoch before.
    pub(super) copy: Opened,
    /// The PIN slot's key. Asked once the record is open.
    pub(super) pin_key: Seen,
    /// The mark once more: a no is believed only of a keystore that has answered other questions since.
    pub(super) mark_again: Seen,
}

impl Answers {
    /// Before anything was asked.
    pub(super) const NONE: Self = Self {
        mark: Seen::Unasked,
        seal_keys: Seen::Unasked,
        record: Opened::Unasked,
        copy: Opened::Unasked,
        pin_key: Seen::Unasked,
        mark_again: Seen::Unasked,
    };
}

/// What to ask the keystore. Each question fills the field of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Mark,
    SealKeys,
    Record,
    Copy,
    PinKey,
    MarkAgain,
}

/// What opening comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// There is no wallet: the first PIN can be set.
    Unconfigured,
    /// A wallet was being made or removed: what is left of it goes.
    BeingMade,
    /// A wallet, by its record.
    Alive,
    /// A wallet, by the copy of its record: the keystore lost the key that it had just made.
    AliveByCopy,
    /// A wiped wallet, whose record says so.
    Wiped,
    /// A wiped wallet of which nothing is left.
    WipedWhole,
    /// A wiped wallet, whose mark says so. What is left of it goes.
    WipeCutShort,
    /// A wallet that does not open any more.
    Damaged,
    /// The keystore cannot say now.
    Busy,
    /// A newer version wrote it.
    Newer,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This has to be known.
    Ask(Question),
    /// It is known.
    Told(Opening),
}

/// What to do next, in view of the row and the answers so far.
pub(super) fn next(row: Row, answers: &Answers) -> Next {
    use Next::{Ask, Told};
    match row {
        Row::Newer => Told(Opening::Newer),
        Row::Unfinished => Told(Opening::BeingMade),
        Row::Wiped => Told(Opening::WipedWhole),
        Row::Empty => match (answers.seal_keys, answers.mark) {
            (Seen::Unasked, _) => Ask(Question::SealKeys),
            (_, Seen::Unasked) => Ask(Question::Mark),
            (_, Seen::Yes) => Told(Opening::WipeCutShort),
            (Seen::Unsure, _) | (_, Seen::Unsure) => Told(Opening::Busy),
            // A record's key without its record: someone took the record away.
            (Seen::Yes, Seen::No) => Told(Opening::Damaged),
            (Seen::No, Seen::No) => Told(Opening::Unconfigured),
        },
        Row::Broken => match (answers.seal_keys, answers.mark) {
            // Whose keys are here tells whose marks to ask for.
            (Seen::Unasked, _) => Ask(Question::SealKeys),
            (_, Seen::Unasked) => Ask(Question::Mark),
            (_, Seen::Yes) => Told(Opening::WipeCutShort),
            (Seen::Unsure, _) | (_, Seen::Unsure) => Told(Opening::Busy),
            (Seen::Yes | Seen::No, Seen::No) => Told(Opening::Damaged),
        },
        Row::Sealed { has_copy } => match (answers.mark, answers.record) {
            (Seen::Unasked, _) => Ask(Question::Mark),
            (_, Opened::Unasked) => Ask(Question::Record),
            // While the key of its epoch exists, no other counts.
            (_, Opened::NoKey) if has_copy => match answers.copy {
                Opened::Unasked => Ask(Question::Copy),
                opened => by_record(opened, Opening::AliveByCopy, answers),
            },
            (_, opened) => by_record(opened, Opening::Alive, answers),
        },
    }
}

/// What a record comes to that a key was asked for.
fn by_record(opened: Opened, alive: Opening, answers: &Answers) -> Next {
    use Next::{Ask, Told};
    match (opened, answers.mark) {
        (Opened::Newer, _) => Told(Opening::Newer),
        (Opened::Wiped, _) => Told(Opening::Wiped),
        // What was written of the wipe was lost, or something older was put in its place.
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
            // The record is here and the PIN's key is not: no PIN opens it any more.
            (Seen::No, Seen::No) => Told(Opening::Damaged),
            (Seen::Yes, Seen::No) => Told(alive),
        },
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
