use super::*;

const KEY_ANSWERS: [KeyAnswer; 3] = [KeyAnswer::Yes, KeyAnswer::No, KeyAnswer::Unsure];
const UNSEAL_RESULTS: [UnsealResult; 6] = [
    UnsealResult::Alive,
    UnsealResult::Wiped,
    UnsealResult::Newer,
    UnsealResult::Refused,
    UnsealResult::NoKey,
    UnsealResult::Unsure,
];
const ROWS: [Row; 7] = [
    Row::Empty,
    Row::Broken,
    Row::Unfinished,
    Row::Wiped,
    Row::Newer,
    Row::Sealed { has_copy: false },
    Row::Sealed { has_copy: true },
];

/// All combinations of answers.
fn every_answer() -> impl Iterator<Item = Answers> {
    KEY_ANSWERS.into_iter().flat_map(|mark| {
        KEY_ANSWERS.into_iter().flat_map(move |seal_keys| {
            UNSEAL_RESULTS.into_iter().flat_map(move |record| {
                UNSEAL_RESULTS.into_iter().flat_map(move |copy| {
                    KEY_ANSWERS.into_iter().flat_map(move |pin_key| {
                        KEY_ANSWERS.into_iter().map(move |mark_again| Answers {
                            mark,
                            seal_keys,
                            record,
                            copy,
                            pin_key,
                            mark_again,
                        })
                    })
                })
            })
        })
    })
}

/// Follows the table and answers its questions from `all`. Returns the result and the questions.
fn play(row: Row, all: &Answers) -> (Opening, Vec<Question>) {
    let (mut known, mut asked) = (Answers::NONE, Vec::new());
    loop {
        match next(row, &known) {
            Next::Decided(opening) => return (opening, asked),
            Next::Ask(question) => {
                assert!(!asked.contains(&question), "{question:?} is asked once, of {row:?} {all:?}");
                asked.push(question);
                match question {
                    Question::Mark => known.mark = all.mark,
                    Question::SealKeys => known.seal_keys = all.seal_keys,
                    Question::Record => known.record = all.record,
                    Question::Copy => known.copy = all.copy,
                    Question::PinKey => known.pin_key = all.pin_key,
                    Question::MarkAgain => known.mark_again = all.mark_again,
                }
            }
        }
    }
}

/// The record that decides: the copy if the key of the record's epoch does not exist, else the record itself.
fn counting(row: Row, answers: &Answers) -> (UnsealResult, Opening) {
    match (row, answers.record) {
        (Row::Sealed { has_copy: true }, UnsealResult::NoKey) => (answers.copy, Opening::AliveByCopy),
        (_, record) => (record, Opening::Alive),
    }
}

#[test]
fn every_row_with_every_answer_comes_to_what_it_should() {
    let mut cases = 0;
    for row in ROWS {
        for answers in every_answer() {
            let (opening, asked) = play(row, &answers);
            let says = |answer| {
                answers.mark == answer || (asked.contains(&Question::MarkAgain) && answers.mark_again == answer)
            };
            let (marked, unsure_of_mark) = (says(KeyAnswer::Yes), says(KeyAnswer::Unsure));
            let (record, alive) = counting(row, &answers);
            let expected = match row {
                Row::Newer => Opening::Newer,
                Row::Wiped => Opening::WipedWithRecord,
                _ if marked && !matches!(row, Row::Sealed { .. }) => Opening::WipeCutShort,
                Row::Unfinished if unsure_of_mark => Opening::Busy,
                Row::Unfinished => Opening::BeingMade,
                Row::Empty | Row::Broken if unsure_of_mark || answers.seal_keys == KeyAnswer::Unsure => Opening::Busy,
                Row::Empty if answers.seal_keys == KeyAnswer::No => Opening::Unconfigured,
                Row::Empty | Row::Broken => Opening::Damaged,
                Row::Sealed { .. } => match record {
                    UnsealResult::Newer => Opening::Newer,
                    UnsealResult::Wiped => Opening::Wiped,
                    _ if marked => Opening::WipeCutShort,
                    _ if unsure_of_mark || record == UnsealResult::Unsure => Opening::Busy,
                    UnsealResult::Alive if answers.pin_key == KeyAnswer::Unsure => Opening::Busy,
                    UnsealResult::Alive if answers.pin_key == KeyAnswer::Yes => alive,
                    _ => Opening::Damaged,
                },
            };
            assert_eq!(opening, expected, "{row:?} {answers:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 7 * 3 * 3 * 6 * 6 * 3 * 3);
}

#[test]
fn an_answer_that_is_missing_damages_nothing_and_begins_nothing() {
    for row in ROWS {
        for answers in every_answer() {
            let (opening, asked) = play(row, &answers);
            let unsure = |question| match question {
                Question::Mark => answers.mark == KeyAnswer::Unsure,
                Question::SealKeys => answers.seal_keys == KeyAnswer::Unsure,
                Question::Record => answers.record == UnsealResult::Unsure,
                Question::Copy => answers.copy == UnsealResult::Unsure,
                Question::PinKey => answers.pin_key == KeyAnswer::Unsure,
                Question::MarkAgain => answers.mark_again == KeyAnswer::Unsure,
            };
            if asked.into_iter().any(unsure) {
                let harmless = [Opening::Busy, Opening::WipeCutShort, Opening::Wiped, Opening::Newer];
                assert!(harmless.contains(&opening), "{opening:?} of {row:?} {answers:?}");
            }
        }
    }
}

#[test]
fn nothing_is_asked_of_what_needs_no_answer_and_a_wallet_is_never_opened_with_less() {
    for answers in every_answer() {
        for row in [Row::Newer, Row::Wiped] {
            assert_eq!(play(row, &answers).1, []);
        }
        assert_eq!(play(Row::Unfinished, &answers).1, [Question::Mark]);
        for row in ROWS {
            let (opening, asked) = play(row, &answers);
            if matches!(opening, Opening::Alive | Opening::AliveByCopy) {
                let has_asked = |question| asked.contains(&question);
                assert!(
                    [Question::Mark, Question::Record, Question::PinKey, Question::MarkAgain]
                        .into_iter()
                        .all(has_asked)
                );
                assert_eq!(has_asked(Question::Copy), opening == Opening::AliveByCopy);
            }
        }
    }
}
