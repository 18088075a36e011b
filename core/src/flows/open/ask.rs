//! What is asked of the keystore at opening, one question of the table after the other.

use std::sync::Arc;

use super::table::{Answers, Next, Opened, Opening, Question, Row, Seen, next};
use crate::engine::{DeviceKeys, Engine, EpochKey, Seal};
use crate::platform::DeviceKeyFault;
use crate::record::{RecordHeader, UnsealError};
use crate::store::{SealedRow, StoredRecord};

/// What opening comes to, and what it was found out with.
pub(super) struct Gathered {
    pub(super) opening: Opening,
    /// The record that opened.
    pub(super) seal: Option<Seal>,
    /// Where there is no wallet: keys that none has alone.
    pub(super) strays: Vec<String>,
    /// Why the keystore cannot say.
    pub(super) fault: DeviceKeyFault,
}

/// Asks until the table tells what it comes to.
pub(super) fn gather(engine: &Engine, row: Row, stored: Option<&StoredRecord>) -> Gathered {
    let sealed = match stored {
        Some(StoredRecord::Sealed(row)) => Some(row),
        Some(StoredRecord::Unfinished(_) | StoredRecord::Wiped) | None => None,
    };
    let mut gathered = Gathered { opening: Opening::Busy, seal: None, strays: Vec::new(), fault: DeviceKeyFault::Busy };
    let mut answers = Answers::NONE;
    // Those whose mark counts: the row's wallet, or whose keys are here.
    let mut ids: Vec<_> = sealed.iter().map(|row| row.header.wallet_id).collect();
    loop {
        match next(row, &answers) {
            Next::Told(opening) => return Gathered { opening, ..gathered },
            Next::Ask(Question::Mark) => {
                // Beside a sealed record other questions follow, and then this one again. Else a no has to be said twice.
                let marked = is_marked(engine, sealed, &ids);
                let marked =
                    if sealed.is_none() && marked == Ok(false) { is_marked(engine, sealed, &ids) } else { marked };
                answers.mark = gathered.seen(marked);
            }
            Next::Ask(Question::MarkAgain) => answers.mark_again = gathered.seen(is_marked(engine, sealed, &ids)),
            Next::Ask(Question::SealKeys) => {
                let found = engine.device_keys.wallets_here().map(|here| {
                    (ids, gathered.strays) = (here.ids, here.strays);
                    here.has_seal_key
                });
                answers.seal_keys = gathered.seen(found);
            }
            Next::Ask(Question::Record) => answers.record = gathered.try_record(engine, sealed),
            Next::Ask(Question::Copy) => answers.copy = gathered.try_copy(engine, sealed),
            Next::Ask(Question::PinKey) => {
                let alias = gathered.seal.as_ref().and_then(|seal| {
                    seal.record().slot().map(|slot| engine.device_keys.pin(&seal.header().wallet_id, &slot))
                });
                answers.pin_key = match alias {
                    Some(alias) => gathered.seen(engine.device_keys.is_there(&alias)),
                    None => Seen::No,
                };
            }
        }
    }
}

/// Whether the keystore says of one of these, or of this place, that it was wiped.
fn is_marked(engine: &Engine, sealed: Option<&SealedRow>, ids: &[[u8; 16]]) -> Result<bool, DeviceKeyFault> {
    let device_keys = &engine.device_keys;
    let of_format_1 =
        sealed.filter(|row| row.header.place.is_none()).map(|row| device_keys.wipe_mark_1(&row.header.wallet_id));
    let marks = ids.iter().map(DeviceKeys::wipe_mark).chain([device_keys.wipe_mark_of_place()]).chain(of_format_1);
    for mark in marks {
        if device_keys.exists(&mark)? && device_keys.answers(&mark)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Gathered {
    fn seen(&mut self, answer: Result<bool, DeviceKeyFault>) -> Seen {
        match answer {
            Ok(true) => Seen::Yes,
            Ok(false) => Seen::No,
            Err(fault) => {
                self.fault = fault;
                Seen::Unsure
            }
        }
    }

    fn try_record(&mut self, engine: &Engine, row: Option<&SealedRow>) -> Opened {
        let Some(row) = row else { return Opened::Refused };
        self.try_key(engine, row.header, |key| Seal::open(row.clone(), key))
    }

    fn try_copy(&mut self, engine: &Engine, row: Option<&SealedRow>) -> Opened {
        let Some((row, copy)) = row.and_then(|row| Some((row, row.copy.as_ref()?))) else { return Opened::Refused };
        let Some(epoch) = row.header.epoch.checked_sub(1) else { return Opened::Refused };
        let header = RecordHeader { epoch, place: copy.place, ..row.header };
        self.try_key(engine, header, |key| Seal::open_copy(row.clone(), key))
    }

    fn try_key(
        &mut self,
        engine: &Engine,
        header: RecordHeader,
        open: impl FnOnce(EpochKey) -> Result<Seal, UnsealError>,
    ) -> Opened {
        let key = match engine.device_keys.seal_key(&header) {
            Ok(key) => Arc::new(key),
            Err(DeviceKeyFault::Gone) => return Opened::NoKey,
            Err(fault) => {
                self.fault = fault;
                return Opened::Unsure;
            }
        };
        match open(EpochKey { header, key }) {
            Ok(seal) => {
                let opened = if seal.record().is_alive() { Opened::Alive } else { Opened::Wiped };
                self.seal = Some(seal);
                opened
            }
            Err(UnsealError::Newer) => Opened::Newer,
            Err(UnsealError::Damaged) => Opened::Refused,
        }
    }
}
