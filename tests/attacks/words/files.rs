//! The wallet's files, byte by byte, and the journal that the owner exports.

use std::fs;
use std::path::Path;

use walletlock_core::PinChange;
use walletlock_core::journal::Query;

use super::secrets::{Secret, found};
use super::{
    CARD, ITEM, ITEM_ID, NEW_PIN, PIN, TOKEN, WRONG_PIN, Wallet, card, entry, only_for_the_owner, personal, planted,
};

/// The contents and names of all files in the folder, SQLite's log included.
pub(super) fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file");
        bytes.extend(file.file_name().as_encoded_bytes());
        bytes.extend(fs::read(file.path()).expect("read"));
    }
    bytes
}

/// A wallet in which every secret was used, and every kind of journal line that holds details was written.
fn used() -> Wallet {
    let wallet = Wallet::fresh();
    let judged = wallet.lock.judge_pin(&entry(PIN), &personal()).expect("judged");
    assert!(!judged.allowed, "it is a part of the phone number");
    let session = wallet.enrol();
    session.vault().write(ITEM_ID, ITEM).expect("written");
    assert_eq!(session.vault().read(ITEM_ID).expect("read").expect("there").as_slice(), ITEM);
    session.cards().add(&card(), Some(TOKEN)).expect("added");
    assert_eq!(session.cards().token(CARD).expect("read").expect("there").as_slice(), TOKEN);
    assert_eq!(wallet.lock.payments().freeze_card(CARD), Ok(true));
    drop(wallet.lock.verify_pin(&entry(WRONG_PIN)));
    drop(wallet.lock.verify_pin(&entry(WRONG_PIN)));
    let changed = session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], true);
    assert!(matches!(changed, Ok(PinChange::Changed { .. })), "{changed:?}");
    drop(wallet.lock.verify_pin(&entry(PIN)));
    wallet
}

#[test]
fn the_files_tell_nothing_while_open_and_closed() {
    let secrets = only_for_the_owner();
    let wallet = used();
    let open = bytes_of(wallet.folder.path());
    assert!(open.len() > 50_000, "there is a database and a log: {} bytes", open.len());
    assert_eq!(found(&secrets, &open), [""; 0]);
    let Wallet { lock, folder, .. } = wallet;
    drop(lock);
    assert_eq!(found(&secrets, &bytes_of(folder.path())), [""; 0]);
    // The control: an item that an app keeps in a file beside the wallet is found.
    fs::write(folder.path().join("cache"), ITEM).expect("written");
    assert_eq!(found(&secrets, &bytes_of(folder.path())), ["item"]);
}

#[test]
fn deleted_and_removed_items_leave_nothing_in_the_files() {
    let wallet = used();
    let session = wallet.lock.verify_pin(&entry(NEW_PIN));
    assert!(
        matches!(&session, walletlock_core::PinOutcome::Right(session) if session.vault().delete(ITEM_ID) == Ok(true))
    );
    drop(session);
    assert_eq!(found(&only_for_the_owner(), &bytes_of(wallet.folder.path())), [""; 0]);
}

#[test]
fn the_journal_names_items_to_the_owner_and_no_pin_to_anyone() {
    let wallet = used();
    let walletlock_core::PinOutcome::Right(session) = wallet.lock.verify_pin(&entry(NEW_PIN)) else {
        panic!("its owner gets in")
    };
    let export = session.journal().export(0, 200).expect("an export").text;
    let page = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page");
    let shown = format!("{export}{page:?}");
    assert_eq!(found(&planted(), shown.as_bytes()), [""; 0]);
    // The control: this is the whole journal, with its details.
    let control = [Secret::bytes("item id", ITEM_ID.as_bytes()), Secret::bytes("details", b"failures")];
    assert_eq!(found(&control, shown.as_bytes()), ["item id", "details"]);
}
