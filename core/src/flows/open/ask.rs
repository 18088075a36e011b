//! Asks the keystore, at opening, the questions that the table names, one after the other.

use std::sync::Arc;

use super::table::{Answers, KeyAnswer, Next, Opening, Question, Row, UnsealResult, next};
use crate::engine::{DeviceKeys, Engine, EpochKey, Seal};
use crate::platform::DeviceKeyFault;
use crate::record::{RecordHeader, UnsealError};
use crate::store::{SealedRow, StoredRecord};

/// The result of opening, and what was found on the way.
pub(super) struct Examination {
    pub(super) opening: Opening,
    /// The record that opened.
    pub(super) seal: Option<Seal>,
    /// Biometric keys here whose wallet has no PIN key. Used only if there is no wallet.
    pub(super) orphan_biometric_keys: Vec<String>,
    /// The keystore's last fault: why it gave no answer.
    pub(super) fault: DeviceKeyFault,
}

/// Asks until the table names the result.
pub(super) fn ask_keystore(engine: &Engine, row: Row, stored: Option<&StoredRecord>) -> Examination {
    let device_keys = &engine.device_keys;
    let sealed = match stored {
        Some(StoredRecord::Sealed(row)) => Some(row),
        Some(StoredRecord::Unfinished(_) | StoredRecord::Wiped) | None => None,
    };
    let mut examination = Examination {
        opening: Opening::Busy,
        seal: None,
        orphan_biometric_keys: Vec::new(),
        fault: DeviceKeyFault::Busy,
    };
    let mut answers = Answers::NONE;
    let mut marks = marks_that_count(device_keys, row, stored);
    loop {
        match next(row, &answers) {
            Next::Decided(opening) => return Examination { opening, ..examination },
            Next::Ask(Question::Mark) => {
                // The lock believes that there is no mark only if the keystore says so twice. With a sealed record,
                // other questions follow and the mark is asked for again (`MarkAgain`). With an unfinished row nothing
                // else is asked, and the wallet's keys are deleted after a 'no'. So a probe key has to answer between
                // the two answers.
                let marked = match row {
                    Row::Unfinished => is_any_there(device_keys, &marks, DeviceKeys::is_there),
                    Row::Sealed { .. } => is_any_there(device_keys, &marks, DeviceKeys::exists),
                    _ => match is_any_there(device_keys, &marks, DeviceKeys::exists) {
                        Ok(false) => is_any_there(device_keys, &marks, DeviceKeys::exists),
                        marked => marked,
                    },
                };
                answers.mark = examination.key_answer(marked);
            }
            Next::Ask(Question::MarkAgain) => {
                answers.mark_again = examination.key_answer(is_any_there(device_keys, &marks, DeviceKeys::exists))
            }
            Next::Ask(Question::SealKeys) => {
                let found = device_keys.wallets_here().map(|here| {
                    marks.splice(..0, here.ids.iter().map(DeviceKeys::wipe_mark));
                    examination.orphan_biometric_keys = here.orphan_biometric_keys;
                    here.has_seal_key
                });
                answers.seal_keys = examination.key_answer(found);
            }
            Next::Ask(Question::Record) => answers.record = examination.try_record(engine, sealed),
            Next::Ask(Question::Copy) => answers.copy = examination.try_copy(engine, sealed),
            Next::Ask(Question::PinKey) => {
                let alias = examination
                    .seal
                    .as_ref()
                    .and_then(|seal| seal.record().slot().map(|slot| device_keys.pin(&seal.header().wallet_id, &slot)));
                answers.pin_key = match alias {
                    Some(alias) => examination.key_answer(device_keys.is_there(&alias)),
                    None => KeyAnswer::No,
                };
            }
        }
    }
}

/// The aliases of the wipe marks to look for. An empty or broken row names no wallet: `ask_keystore` then adds the
/// marks of the wallets whose keys are in the keystore.
fn marks_that_count(device_keys: &DeviceKeys, row: Row, stored: Option<&StoredRecord>) -> Vec<String> {
    let of_wallet = |wallet_id, is_of_format_1: bool| {
        let of_format_1 = is_of_format_1.then(|| device_keys.wipe_mark_1(wallet_id));
        [DeviceKeys::wipe_mark(wallet_id)].into_iter().chain(of_format_1)
    };
    let of_place = device_keys.wipe_mark_of_place();
    match stored {
        Some(StoredRecord::Sealed(SealedRow { header, .. })) => {
            of_wallet(&header.wallet_id, header.place.is_none()).chain([of_place]).collect()
        }
        Some(StoredRecord::Unfinished(unfinished)) if row == Row::Unfinished => {
            of_wallet(&unfinished.wallet_id, unfinished.is_of_format_1()).collect()
        }
        Some(StoredRecord::Unfinished(_) | StoredRecord::Wiped) | None => vec![of_place],
    }
}

/// Whether the keystore has one of these marks, and the mark's key answers.
fn is_any_there(
    device_keys: &DeviceKeys,
    marks: &[String],
    is_there: impl Fn(&DeviceKeys, &str) -> Result<bool, DeviceKeyFault>,
) -> Result<bool, DeviceKeyFault> {
    for mark in marks {
        if is_there(device_keys, mark)? && device_keys.answers(mark)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Examination {
    fn key_answer(&mut self, answer: Result<bool, DeviceKeyFault>) -> KeyAnswer {
        match answer {
            Ok(true) => KeyAnswer::Yes,
            Ok(false) => KeyAnswer::No,
            Err(fault) => {
                self.fault = fault;
                KeyAnswer::Unsure
            }
        }
    }

    fn try_record(&mut self, engine: &Engine, row: Option<&SealedRow>) -> UnsealResult {
        let Some(row) = row else { return UnsealResult::Refused };
        self.try_key(engine, row.header, |key| Seal::open(row.clone(), key))
    }

    fn try_copy(&mut self, engine: &Engine, row: Option<&SealedRow>) -> UnsealResult {
        let Some((row, copy)) = row.and_then(|row| Some((row, row.copy.as_ref()?))) else {
            return UnsealResult::Refused;
        };
        let Some(epoch) = row.header.epoch.checked_sub(1) else { return UnsealResult::Refused };
        let header = RecordHeader { epoch, place: copy.place, ..row.header };
        self.try_key(engine, header, |key| Seal::open_copy(row.clone(), key))
    }

    fn try_key(
        &mut self,
        engine: &Engine,
        header: RecordHeader,
        open: impl FnOnce(EpochKey) -> Result<Seal, UnsealError>,
    ) -> UnsealResult {
        let key = match engine.device_keys.seal_key(&header) {
            Ok(key) => Arc::new(key),
            Err(DeviceKeyFault::Gone) => return UnsealResult::NoKey,
            Err(fault) => {
                self.fault = fault;
                return UnsealResult::Unsure;
            }
        };
        match open(EpochKey { header, key }) {
            Ok(seal) => {
                let result = if seal.record().is_alive() { UnsealResult::Alive } else { UnsealResult::Wiped };
                self.seal = Some(seal);
                result
            }
            Err(UnsealError::Newer) => UnsealResult::Newer,
            Err(UnsealError::Damaged) => UnsealResult::Refused,
        }
    }
}
