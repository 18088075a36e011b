//! The item that these wallets keep: a word, repeated until it takes several pages of the database.

use walletlock_core::{LockError, Session};

const ITEM: &str = "card";
const TIMES: usize = 1500;

/// Stores the word.
pub(crate) fn write(session: &Session, word: &str) -> Result<(), LockError> {
    session.vault().write(ITEM, word.repeat(TIMES).as_bytes())
}

/// The stored word, or what is there instead.
pub(crate) fn read(session: &Session) -> Result<String, LockError> {
    let Some(bytes) = session.vault().read(ITEM)? else { return Ok("nothing".to_owned()) };
    let text = String::from_utf8_lossy(&bytes);
    let word = text.get(..text.len() / TIMES).unwrap_or_default();
    Ok(if word.repeat(TIMES) == text { word.to_owned() } else { "garbage".to_owned() })
}
