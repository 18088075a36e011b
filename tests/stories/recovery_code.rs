//! The recovery code: 48 digits on paper that open the wallet when nothing else does, for its owner and nobody else.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::pin::{Finding, PinEntry};
use walletlock_core::platform::testing::{Call, FakeEntropy, FakePhone, code_entry, digits_of, write_down};
use walletlock_core::policy::{AntiRollback, Policy, RollbackProtection};
use walletlock_core::request::{BiometricRequest, PromptId};
use walletlock_core::{
    BiometricOutcome, CodeOutcome, CodeRefusal, LockError, LockReason, LockStatus, NoVerdict, PendingChange,
    PinOutcome, RecoveryChange, RecoveryOutcome, RecoveryStatus, Remedy, RemedyState, Rescue, Session, WhoLocked,
};

use crate::wallet::{PIN, Wallet, copy_files, entry, open, open_with, picture};

pub(crate) const NEW_PIN: &str = "582941";
const OTHER_PIN: &str = "846205";
const DAY_MS: u64 = 86_400_000;

/// Makes a code, writes it down and puts it in force.
fn set_code(session: &Session) -> (String, RecoveryChange) {
    let code = session.access().create_recovery_code().expect("a code");
    let paper = write_down(&code);
    (paper, session.access().set_recovery_code(&code).expect("set"))
}

/// A wallet with an item, whose owner made a recovery code when the PIN was set.
pub(crate) fn with_code(preset: &str) -> (Wallet, String) {
    with_code_on(Wallet::unconfigured(preset))
}

pub(crate) fn with_code_on(wallet: Wallet) -> (Wallet, String) {
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    let (paper, change) = set_code(&session);
    assert_eq!(change, RecoveryChange::InForce, "the first one counts at once");
    drop(session);
    (wallet, paper)
}

pub(crate) fn enter(wallet: &Wallet, paper: &str) -> Result<Rescue, CodeRefusal> {
    match wallet.lock.recovery().enter_code(&code_entry(paper)) {
        CodeOutcome::Opened(rescue) => Ok(rescue),
        CodeOutcome::Refused(refusal) => Err(refusal),
    }
}

/// Sets the new PIN and the new code.
pub(crate) fn finish(rescue: &Rescue, pin: &str) -> (Session, String) {
    let code = rescue.new_code().expect("a code");
    let paper = write_down(&code);
    match rescue.finish(&entry(pin), &[], &code) {
        Ok(RecoveryOutcome::Done { session, lost_items }) => {
            assert_eq!(lost_items, Vec::<String>::new());
            (session, paper)
        }
        other => panic!("not recovered: {other:?}"),
    }
}

pub(crate) fn recover(wallet: &Wallet, paper: &str) -> (Session, String) {
    recover_with(wallet, paper, NEW_PIN)
}

pub(crate) fn recover_with(wallet: &Wallet, paper: &str, pin: &str) -> (Session, String) {
    finish(&enter(wallet, paper).unwrap_or_else(|refusal| panic!("the code does not open: {refusal:?}")), pin)
}

/// A wallet whose phone has other randomness.
fn of_somebody_else() -> Wallet {
    let phone = FakePhone { entropy: Arc::new(FakeEntropy::new(2)), ..FakePhone::default() };
    Wallet::on(phone, Policy::preset("walletlock").expect("a preset"))
}

fn sql(path: &Path, statement: &str) {
    Connection::open(path).expect("a database").execute_batch(statement).expect("done");
}

fn card(session: &Session) -> Vec<u8> {
    session.vault().read("card").expect("read").expect("there").to_vec()
}

fn kinds(session: &Session) -> Vec<Kind> {
    let query = Query { limit: 200, ..Query::default() };
    let entries = session.journal().page(&query).expect("a page").entries;
    assert!(entries.iter().all(|entry| entry.details.is_some()), "every line reads, also those from before");
    entries.iter().filter_map(|entry| entry.kind).collect()
}

/// The wallet is the owner's again: new PIN, new code, the items, the whole journal, and no way in for anything old.
fn is_whole_again(wallet: Wallet, paper: &str, what: &str) -> (Wallet, String) {
    let (session, new_paper) = recover(&wallet, paper);
    assert_eq!(card(&session), b"4111", "{what}");
    session.vault().write("note", b"after").expect("written");
    let kinds = kinds(&session);
    assert!(kinds.contains(&Kind::Enrolled) && kinds.contains(&Kind::Recovered), "{what}: {kinds:?}");
    assert!(matches!(wallet.lock.verify_journal(), Ok(Chain::Intact { .. })), "{what}");
    drop(session);
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)), "{what}: the old PIN is over");
    let PinOutcome::Right(session) = wallet.verify(NEW_PIN) else { panic!("{what}: the new PIN does not open") };
    assert_eq!(card(&session), b"4111", "{what}");
    drop(session);
    assert_eq!(enter(&wallet, paper).err(), Some(CodeRefusal::Wrong), "{what}: the old code is over");
    assert!(enter(&wallet, &new_paper).is_ok(), "{what}: the new code opens");
    (wallet, new_paper)
}

const NO_CODE: RecoveryStatus =
    RecoveryStatus { has_code: Some(false), pending: None, has_escrow: Some(false), pending_escrow: None };
const A_CODE: RecoveryStatus = RecoveryStatus { has_code: Some(true), ..NO_CODE };

#[test]
fn a_forgotten_pin_is_replaced_and_everything_is_kept() {
    let (wallet, paper) = with_code("walletlock");
    wallet.guess_all_wrong(1..=5);
    assert!(
        matches!(wallet.status(), LockStatus::CoolingDown { remedies, .. } if remedies.contains(&Remedy::RecoveryCode(RemedyState::Available)))
    );
    let (wallet, _) = is_whole_again(wallet, &paper, "forgotten");
    wallet.verify(NEW_PIN);
    assert_eq!(wallet.tries_left(), 16, "and the counter is fresh");
}

#[test]
fn a_wallet_that_is_locked_for_good_has_a_way_out() {
    let (wallet, paper) = with_code("walletlock");
    for nth in 1..=16 {
        wallet.guess(nth);
        wallet.wait();
    }
    let LockStatus::Locked { reason, by, remedies, .. } = wallet.status() else { panic!("not locked") };
    assert_eq!((reason, by), (LockReason::TooManyAttempts, WhoLocked::Phone));
    assert_eq!(remedies.first(), Some(&Remedy::RecoveryCode(RemedyState::Available)));
    is_whole_again(wallet, &paper, "locked for good");
}

#[test]
fn until_a_restart_the_code_waits_too() {
    let mut policy = Policy::preset("walletlock").expect("a preset");
    policy.lockout.per_boot_limit = Some(3);
    policy.lockout.cooldowns.clear();
    let (wallet, paper) = with_code_on(Wallet::with_policy(policy));
    (1..=3).for_each(|nth| drop(wallet.guess(nth)));
    let refusal = enter(&wallet, &paper).err();
    assert!(
        matches!(&refusal, Some(CodeRefusal::Locked(LockStatus::Locked { reason, .. })) if *reason == LockReason::UntilRestart),
        "{refusal:?}"
    );
    wallet.phone.clock.reboot();
    is_whole_again(wallet, &paper, "after the restart");
}

/// A phone, and what happened to it while the app was not running.
type Damage = fn(&Wallet, &Path);

#[test]
fn a_damaged_wallet_is_brought_back_with_its_data() {
    let damages: [(&str, Damage); 6] = [
        ("the seal key is gone", |wallet, _| lose(wallet, "/seal/")),
        ("the PIN's key is gone", |wallet, _| lose(wallet, "/pin/")),
        ("the record is gone", |_, file| sql(file, "DELETE FROM record")),
        ("the record is torn", |_, file| {
            sql(file, "UPDATE record SET sealed = CAST(substr(sealed, 1, 100) || zeroblob(200) AS BLOB)");
        }),
        ("the record says that it is of another wallet", |_, file| {
            sql(file, "UPDATE record SET wallet_id = zeroblob(16)")
        }),
        ("the keystore was emptied", |wallet, _| wallet.phone.device_key.lose_all()),
    ];
    for protection in [RollbackProtection::On, RollbackProtection::Off] {
        for (what, damage) in damages {
            let (wallet, paper) = with_code("walletlock");
            let wallet = wallet.reopened_with(AntiRollback::Fixed(protection));
            let wallet = damaged(wallet, damage);
            let LockStatus::Locked { reason, remedies, .. } = wallet.status() else { panic!("{what}: not locked") };
            assert_eq!(reason, LockReason::DataDamaged, "{what}");
            assert!(
                remedies.starts_with(&[Remedy::CheckAgain, Remedy::RecoveryCode(RemedyState::Available)]),
                "{what}: {remedies:?}"
            );
            assert_eq!(wallet.lock.recovery().status(), Ok(A_CODE), "{what}");
            let (wallet, paper) = is_whole_again(wallet, &paper, what);
            // And once more: what the rescue wrote can be rescued again.
            let wallet = damaged(wallet, |_, file| sql(file, "DELETE FROM record"));
            let (session, _) = recover_with(&wallet, &paper, OTHER_PIN);
            assert_eq!(session.vault().names(), Ok(vec!["card".to_owned(), "note".to_owned()]), "{what}");
            assert_eq!(kinds(&session).iter().filter(|kind| **kind == Kind::Recovered).count(), 2, "{what}");
        }
    }
}

fn damaged(wallet: Wallet, damage: Damage) -> Wallet {
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let file = folder.path().join("wallet.db");
    let spare = Wallet { lock: Wallet::unconfigured("walletlock").lock, phone, policy, folder };
    damage(&spare, &file);
    let Wallet { phone, policy, folder, .. } = spare;
    let lock = open(&folder, &phone, &policy).expect("damage is no error");
    Wallet { phone, policy, lock, folder }
}

fn lose(wallet: &Wallet, kind: &str) {
    use walletlock_core::platform::DeviceKey;
    let keys = wallet.phone.device_key.all_aliases();
    keys.iter()
        .filter(|alias| alias.contains(kind))
        .for_each(|alias| wallet.phone.device_key.delete(alias).expect("gone"));
}

#[test]
fn on_another_phone_the_file_opens_with_the_code() {
    let (wallet, paper) = with_code("walletlock");
    let backup = picture(wallet.folder.path());
    let other = Wallet::unconfigured("walletlock");
    let other = other.between_runs(|folder| copy_files(backup.path(), folder)).expect("it opens");
    assert!(matches!(other.status(), LockStatus::Locked { reason, .. } if reason == LockReason::DataDamaged));
    is_whole_again(other, &paper, "another phone");
    drop(wallet.unlock());
}

#[test]
fn a_keystore_that_does_not_answer_gives_no_verdict_and_later_the_code_opens() {
    use walletlock_core::platform::DeviceKeyFault;
    let (wallet, paper) = with_code("walletlock");
    wallet.phone.device_key.fail_with(Some(DeviceKeyFault::Failed));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Busy);
    assert_eq!(wallet.lock.recovery().status(), Ok(RecoveryStatus { has_code: None, has_escrow: None, ..NO_CODE }));
    let no_verdict = CodeRefusal::NoVerdict(NoVerdict::DeviceKey(DeviceKeyFault::Failed));
    assert_eq!(enter(&wallet, &paper).err(), Some(no_verdict));
    wallet.phone.device_key.fail_with(None);
    is_whole_again(wallet, &paper, "awake again");
}

#[test]
fn a_wrong_code_and_a_slip_open_nothing_and_cost_nothing() {
    let (wallet, _) = with_code("walletlock");
    let (other, others) = with_code_on(of_somebody_else());
    let before = wallet.tries_left();
    for _ in 0..20 {
        assert_eq!(enter(&wallet, &others).err(), Some(CodeRefusal::Wrong));
    }
    assert_eq!(wallet.tries_left(), before);
    drop(other);
    let slip = code_entry(&others[..47]);
    let refusal = wallet.lock.recovery().enter_code(&slip);
    assert!(matches!(refusal, CodeOutcome::Refused(CodeRefusal::NotACode { group: 8 })), "{refusal:?}");
    assert_eq!(slip.length(), 47, "and can be put right");
}

#[test]
fn without_a_code_there_is_nothing_to_enter() {
    let (_, paper) = with_code("walletlock");
    let wallet = Wallet::unconfigured("walletlock");
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
    drop(wallet.enrol(PIN));
    assert_eq!(wallet.lock.recovery().status(), Ok(NO_CODE));
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
    let wallet = damaged(wallet, |_, file| sql(file, "DELETE FROM record"));
    assert_eq!(wallet.lock.recovery().status(), Ok(NO_CODE));
    assert!(matches!(wallet.status(), LockStatus::Locked { remedies, .. } if remedies == [Remedy::CheckAgain]));
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
}

#[test]
fn a_code_counts_only_after_two_of_its_groups_were_typed() {
    let wallet = Wallet::unconfigured("walletlock");
    let session = wallet.enrol(PIN);
    let code = session.access().create_recovery_code().expect("a code");
    assert_eq!(session.access().set_recovery_code(&code), Ok(RecoveryChange::NotConfirmed));
    assert_eq!(wallet.lock.recovery().status(), Ok(NO_CODE));
    assert_eq!(enter(&wallet, &digits_of(&code)).err(), Some(CodeRefusal::NotSetUp));
    drop(session);
    let (wallet, paper) = with_code("walletlock");
    let rescue = enter(&wallet, &paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    assert!(matches!(rescue.finish(&entry(NEW_PIN), &[], &code), Ok(RecoveryOutcome::NotConfirmed)));
    drop(wallet.unlock());
}

#[test]
fn the_new_pin_obeys_the_same_rules() {
    let (wallet, paper) = with_code("walletlock");
    let rescue = enter(&wallet, &paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    for (pin, finding) in
        [("123456", None), ("5829", Some(Finding::TooShort { min: 6 })), (PIN, Some(Finding::UsedBefore))]
    {
        let typed = entry(pin);
        let outcome = rescue.finish(&typed, &[], &code);
        let Ok(RecoveryOutcome::Forbidden(findings)) = outcome else { panic!("{pin}: {outcome:?}") };
        assert!(finding.is_none_or(|finding| findings == [finding]), "{pin}: {findings:?}");
        assert_eq!(typed.length(), pin.len(), "{pin} can be put right");
    }
    assert!(matches!(rescue.finish(&PinEntry::new(), &[], &code), Ok(RecoveryOutcome::Forbidden(_))));
    drop(wallet.unlock());
    let (session, _) = finish(&rescue, NEW_PIN);
    assert_eq!(card(&session), b"4111");
}

#[test]
fn an_entered_code_waits_ten_minutes_for_the_new_pin() {
    let (wallet, paper) = with_code("walletlock");
    let rescue = enter(&wallet, &paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    wallet.phone.clock.advance_ms(600_000);
    assert!(matches!(rescue.finish(&entry(NEW_PIN), &[], &code), Ok(RecoveryOutcome::Expired)));
    let rescue = enter(&wallet, &paper).expect("opened again");
    wallet.phone.clock.advance_ms(599_999);
    finish(&rescue, NEW_PIN);
}

#[test]
fn what_happens_between_code_and_pin_voids_the_recovery() {
    type Meanwhile = fn(&Wallet, &str);
    let meanwhile: [(&str, Meanwhile); 3] = [
        ("wiped", |wallet, _| wallet.lock.wipe().expect("wiped")),
        ("removed", |wallet, _| drop(wallet.lock.remove(&entry(PIN)).expect("removed"))),
        ("recovered by another", |wallet, paper| drop(recover(wallet, paper))),
    ];
    for (what, happens) in meanwhile {
        let (wallet, paper) = with_code("walletlock");
        let rescue = enter(&wallet, &paper).expect("opened");
        let code = rescue.new_code().expect("a code");
        write_down(&code);
        happens(&wallet, &paper);
        let before = wallet.status();
        assert_eq!(rescue.finish(&entry(OTHER_PIN), &[], &code).err(), Some(LockError::WrongState), "{what}");
        assert_eq!(wallet.status(), before, "{what}");
    }
}

#[test]
fn every_session_from_before_ends_and_harms_nothing() {
    let (wallet, paper) = with_code("walletlock");
    let before = wallet.unlock();
    let (session, _) = recover(&wallet, &paper);
    assert!(!before.is_live());
    assert_eq!(before.vault().write("card", b"9"), Err(LockError::SessionEnded));
    assert_eq!(before.vault().read("card").err(), Some(LockError::SessionEnded));
    assert_eq!(card(&session), b"4111");
    assert!(wallet.status().is_ready(), "and nothing is called damaged");
}

#[test]
fn biometrics_and_the_wipe_pin_are_off_afterwards() {
    use walletlock_core::platform::testing::Act;
    let (wallet, paper) = with_code("walletlock");
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    session.access().enable_biometrics(PromptId::default()).expect("on");
    session.access().set_wipe_pin(&entry(PIN), &entry("864207")).expect("set");
    drop(session);
    let (session, _) = recover(&wallet, &paper);
    assert_eq!(session.access().has_wipe_pin(), Ok(false));
    drop(session);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert!(matches!(wallet.lock.verify_biometrics(&BiometricRequest::default()), BiometricOutcome::Denied(_)));
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/biometric/")));
    assert!(matches!(wallet.verify("864207"), PinOutcome::Wrong(_)));
}

// What a thief tries.

#[test]
fn an_older_file_with_an_older_code_is_refused_on_this_phone() {
    let (wallet, old_paper) = with_code("walletlock");
    let old_file = picture(wallet.folder.path());
    let (session, _) = recover(&wallet, &old_paper);
    drop(session);
    let wallet = wallet.between_runs(|folder| copy_files(old_file.path(), folder)).expect("it opens");
    assert!(matches!(wallet.status(), LockStatus::Locked { reason, .. } if reason == LockReason::DataDamaged));
    assert_eq!(enter(&wallet, &old_paper).err(), Some(CodeRefusal::OldCode));
}

#[test]
fn an_older_rescue_row_in_the_present_file_is_put_right_and_told() {
    let (wallet, old_paper) = with_code("walletlock");
    let old_file = picture(wallet.folder.path()).keep();
    let (session, _) = recover(&wallet, &old_paper);
    drop(session);
    let put_back = format!(
        "ATTACH '{}' AS old; DELETE FROM rescue; INSERT INTO rescue SELECT * FROM old.rescue; DETACH old;",
        old_file.join("wallet.db").display()
    );
    let wallet = wallet.between_runs(|folder| sql(&folder.join("wallet.db"), &put_back)).expect("it opens");
    assert_eq!(enter(&wallet, &old_paper).err(), Some(CodeRefusal::Wrong), "the record's row counts");
    let PinOutcome::Right(session) = wallet.verify(NEW_PIN) else { panic!("locked out") };
    assert!(kinds(&session).contains(&Kind::RescueRowRestored));
    drop(session);
    // And if the record is taken away too, the marks in the keystore tell.
    let meddle = |folder: &Path| sql(&folder.join("wallet.db"), &format!("{put_back} DELETE FROM record;"));
    let wallet = wallet.between_runs(meddle).expect("it opens");
    assert_eq!(enter(&wallet, &old_paper).err(), Some(CodeRefusal::OldCode));
    std::fs::remove_dir_all(old_file).expect("removed");
}

#[test]
fn a_row_that_was_planted_opens_nothing() {
    let (thief, thiefs_paper) = with_code_on(of_somebody_else());
    let thiefs_file = picture(thief.folder.path()).keep();
    let plant = format!(
        "ATTACH '{}' AS other; DELETE FROM rescue; INSERT INTO rescue SELECT * FROM other.rescue; DETACH other;",
        thiefs_file.join("wallet.db").display()
    );
    // Beside a record that opens it is put right; beside none it opens no index but its own.
    let (wallet, paper) = with_code("walletlock");
    let wallet = wallet.between_runs(|folder| sql(&folder.join("wallet.db"), &plant)).expect("it opens");
    assert_eq!(enter(&wallet, &thiefs_paper).err(), Some(CodeRefusal::Wrong));
    let meddle = |folder: &Path| sql(&folder.join("wallet.db"), &format!("{plant} DELETE FROM record;"));
    let wallet = wallet.between_runs(meddle).expect("it opens");
    assert_eq!(enter(&wallet, &thiefs_paper).err(), Some(CodeRefusal::Altered));
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::Wrong));
    std::fs::remove_dir_all(thiefs_file).expect("removed");
}

#[test]
fn what_was_altered_beside_the_row_is_noticed() {
    for (what, alter) in [
        ("no survivors", "UPDATE rescue SET survivors = NULL"),
        ("survivors with a flipped bit", "UPDATE rescue SET survivors = CAST(x'00' || substr(survivors, 2) AS BLOB)"),
        ("no index", "DELETE FROM items WHERE id = x''"),
        (
            "an index with a flipped bit",
            "UPDATE items SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) WHERE id = x''",
        ),
        (
            "a row with another version",
            "UPDATE rescue SET slot = CAST(substr(slot, 1, 24) || x'09' || substr(slot, 26) AS BLOB)",
        ),
        ("half a row", "UPDATE rescue SET slot = CAST(substr(slot, 1, 80) AS BLOB)"),
    ] {
        let (wallet, paper) = with_code("walletlock");
        let meddle = |folder: &Path| sql(&folder.join("wallet.db"), &format!("DELETE FROM record; {alter};"));
        let wallet = wallet.between_runs(meddle).expect("it opens");
        assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::Altered), "{what}");
    }
}

#[test]
fn a_damaged_item_is_told_and_the_others_are_kept() {
    let (wallet, paper) = with_code("walletlock");
    let session = wallet.unlock();
    session.vault().write("seed", b"correct horse").expect("written");
    drop(session);
    // The index has an empty id; the items were written in this order.
    let meddle = |folder: &Path| {
        sql(
            &folder.join("wallet.db"),
            "DELETE FROM record;
             UPDATE items SET sealed = zeroblob(60) WHERE length(id) = 16 AND length(sealed) = (SELECT max(length(sealed)) FROM items WHERE length(id) = 16);",
        );
    };
    let wallet = wallet.between_runs(meddle).expect("it opens");
    let rescue = enter(&wallet, &paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    let Ok(RecoveryOutcome::Done { session, lost_items }) = rescue.finish(&entry(NEW_PIN), &[], &code) else {
        panic!("not recovered")
    };
    assert_eq!(lost_items, ["seed"]);
    assert_eq!(session.vault().names(), Ok(vec!["card".to_owned()]));
    assert_eq!(card(&session), b"4111");
    assert!(kinds(&session).contains(&Kind::ItemLost));
}

#[test]
fn a_wiped_wallet_stays_wiped_for_the_code_too() {
    let (wallet, paper) = with_code("walletlock");
    let file = picture(wallet.folder.path());
    wallet.lock.wipe().expect("wiped");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::Locked(LockStatus::Wiped)));
    drop(wallet.enrol(OTHER_PIN));
    let wallet = wallet
        .between_runs(|folder| {
            copy_files(file.path(), folder);
            sql(&folder.join("wallet.db"), "DELETE FROM record");
        })
        .expect("it opens");
    let refusal = enter(&wallet, &paper).err();
    assert_eq!(refusal, Some(CodeRefusal::Locked(LockStatus::Wiped)), "its mark outlives the next enrolment");
}

/// Without record and keys, only the rescue row tells whose wallet it was.
#[test]
fn a_damaged_wallet_that_was_wiped_stays_wiped_for_the_code_too() {
    let (wallet, paper) = with_code("walletlock");
    let file = picture(wallet.folder.path());
    let wallet = damaged(wallet, |wallet, file| {
        wallet.phone.device_key.lose_all();
        sql(file, "DELETE FROM record");
    });
    wallet.lock.wipe().expect("wiped");
    drop(wallet.enrol(OTHER_PIN));
    let meddle = |folder: &Path| {
        copy_files(file.path(), folder);
        sql(&folder.join("wallet.db"), "DELETE FROM record");
    };
    let wallet = wallet.between_runs(meddle).expect("it opens");
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::Locked(LockStatus::Wiped)));
}

#[test]
fn damage_sheds_no_policy() {
    let mut strict = Policy::preset("walletlock").expect("a preset");
    strict.lockout.lock_at = Some(5);
    let (wallet, paper) = with_code_on(Wallet::with_policy(strict));
    let Wallet { phone, lock, folder, .. } = wallet;
    drop(lock);
    sql(&folder.path().join("wallet.db"), "DELETE FROM record");
    let easier = Policy::preset("walletlock").expect("a preset");
    let lock = open_with(&folder, &phone, &easier, AntiRollback::default()).expect("it opens");
    let wallet = Wallet { phone, policy: easier, lock, folder };
    drop(recover(&wallet, &paper));
    assert_eq!(wallet.tries_left(), 5, "the stricter one of both is in force");
}

#[test]
fn lines_that_were_added_to_the_journal_of_a_damaged_wallet_are_not_called_proven() {
    let (wallet, paper) = with_code("walletlock");
    wallet.guess_all_wrong(1..=2);
    let lines = match wallet.lock.verify_journal() {
        Ok(Chain::Intact { lines }) => lines,
        other => panic!("{other:?}"),
    };
    // Written while locked: they continue the chain, and only the record proved them.
    let meddle = |folder: &Path| {
        sql(
            &folder.join("wallet.db"),
            "DELETE FROM record;
             INSERT INTO journal SELECT number + 1, boot, since_boot_ms, wall_ms, kind, details_hash, details, link
                 FROM journal ORDER BY number DESC LIMIT 1;",
        );
    };
    let wallet = wallet.between_runs(meddle).expect("it opens");
    let (session, _) = recover(&wallet, &paper);
    assert_eq!(wallet.lock.verify_journal(), Ok(Chain::Intact { lines: lines + 1 }), "the added line is gone");
    let newest = session.journal().page(&Query { limit: 1, ..Query::default() }).expect("a page").entries;
    let details = newest[0].details.clone().expect("it reads");
    let proven: u64 = details.0["proven_lines"].parse().expect("a number");
    assert!(proven < lines, "{proven} of {lines}: what was written while locked is not proven");
}

// Changing the code.

#[test]
fn a_code_that_is_made_later_waits_a_day_and_takes_effect_with_the_next_right_pin() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    let (paper, change) = set_code(&session);
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    drop(session);
    let pending =
        |left_ms| Ok(RecoveryStatus { pending: Some(PendingChange { left_ms, withdraws: false }), ..NO_CODE });
    assert_eq!(wallet.lock.recovery().status(), pending(DAY_MS));
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
    wallet.phone.clock.advance_ms(DAY_MS - 1);
    drop(wallet.unlock());
    assert_eq!(wallet.lock.recovery().status(), pending(1));
    wallet.phone.clock.advance_ms(1);
    assert_eq!(wallet.lock.recovery().status(), pending(0));
    let session = wallet.unlock();
    assert!(session.is_live());
    assert_eq!(wallet.lock.recovery().status(), Ok(A_CODE));
    let kinds = kinds(&session);
    assert!(kinds.contains(&Kind::CodePending) && kinds.contains(&Kind::CodeSet));
    drop(session);
    drop(recover(&wallet, &paper));
    assert!(matches!(wallet.verify(NEW_PIN), PinOutcome::Right(_)));
}

#[test]
fn the_wait_for_a_changed_code_goes_on_over_restarts() {
    let wallet = Wallet::enrolled("walletlock");
    drop(set_code(&wallet.unlock()));
    wallet.phone.clock.advance_ms(DAY_MS / 2);
    wallet.lock.save_time().expect("saved");
    wallet.phone.clock.reboot();
    let wallet = wallet.restart();
    wallet.phone.clock.advance_ms(DAY_MS / 2);
    drop(wallet.unlock());
    assert_eq!(wallet.lock.recovery().status(), Ok(A_CODE));
}

#[test]
fn a_thief_who_knows_the_pin_is_seen_and_stopped() {
    let (wallet, paper) = with_code("walletlock");
    let session = wallet.unlock();
    let (thiefs, change) = set_code(&session);
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    drop(session);
    let status = wallet.lock.recovery().status().expect("a status");
    assert_eq!(
        status.pending,
        Some(PendingChange { left_ms: DAY_MS, withdraws: false }),
        "the owner sees it, locked or not"
    );
    let owner = wallet.unlock();
    assert_eq!(owner.access().cancel_recovery_code_change(), Ok(true));
    assert_eq!(owner.access().cancel_recovery_code_change(), Ok(false));
    assert!(kinds(&owner).contains(&Kind::CodeCancelled));
    drop(owner);
    wallet.phone.clock.advance_ms(2 * DAY_MS);
    drop(wallet.unlock());
    assert_eq!(enter(&wallet, &thiefs).err(), Some(CodeRefusal::Wrong));
    is_whole_again(wallet, &paper, "the owner's code");
}

#[test]
fn a_replaced_code_opens_nothing_any_more() {
    let (wallet, old) = with_code("walletlock");
    let before = picture(wallet.folder.path());
    let (new, _) = set_code(&wallet.unlock());
    assert!(enter(&wallet, &old).is_ok(), "until the change takes effect the old one stays");
    wallet.phone.clock.advance_ms(DAY_MS);
    let other = wallet.unlock();
    assert!(other.is_live(), "the session of the PIN that brought the change opens");
    assert_eq!(card(&other), b"4111");
    other.vault().write("note", b"after").expect("written");
    drop(other);
    assert_eq!(enter(&wallet, &old).err(), Some(CodeRefusal::Wrong));
    drop(wallet.unlock());
    let meddle = |folder: &Path| copy_files(before.path(), folder);
    let now = picture(wallet.folder.path());
    let wallet = wallet.between_runs(meddle).expect("it opens");
    assert_eq!(enter(&wallet, &old).err(), Some(CodeRefusal::OldCode), "nor with the file from before");
    let wallet = wallet.between_runs(|folder| copy_files(now.path(), folder)).expect("it opens");
    is_whole_again(wallet, &new, "the new code");
}

#[test]
fn a_withdrawn_code_is_over_and_leaves_nothing_behind() {
    let (wallet, paper) = with_code("walletlock");
    let session = wallet.unlock();
    assert_eq!(session.access().withdraw_recovery_code(), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    drop(session);
    let status = wallet.lock.recovery().status().expect("a status");
    assert_eq!(status.pending, Some(PendingChange { left_ms: DAY_MS, withdraws: true }));
    wallet.phone.clock.advance_ms(DAY_MS);
    let session = wallet.unlock();
    assert_eq!(wallet.lock.recovery().status(), Ok(NO_CODE));
    assert_eq!(session.access().withdraw_recovery_code(), Err(LockError::WrongState));
    assert_eq!(card(&session), b"4111");
    assert!(kinds(&session).contains(&Kind::CodeWithdrawn));
    drop(session);
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
    let rows: u32 = {
        let file = picture(wallet.folder.path());
        let connection = Connection::open(file.path().join("wallet.db")).expect("a database");
        connection.query_row("SELECT count(*) FROM rescue", [], |row| row.get(0)).expect("a count")
    };
    assert_eq!(rows, 0);
}

#[test]
fn only_a_fresh_pin_changes_the_code() {
    let mut policy = Policy::preset("walletlock").expect("a preset");
    policy.session.idle_s = 900;
    let (wallet, _) = with_code_on(Wallet::with_policy(policy));
    let session = wallet.unlock();
    let code = session.access().create_recovery_code().expect("a code");
    write_down(&code);
    wallet.phone.clock.advance_ms(walletlock_core::FRESH_PIN_MS);
    assert_eq!(session.access().create_recovery_code().err(), Some(LockError::PinNeeded));
    assert_eq!(session.access().set_recovery_code(&code), Err(LockError::PinNeeded));
    assert_eq!(session.access().withdraw_recovery_code(), Err(LockError::PinNeeded));
}

#[test]
fn a_wallet_without_a_code_pays_nothing_for_it() {
    let wallet = Wallet::enrolled("walletlock").restart();
    let asks = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = asks.clone();
    wallet.phone.hooks.before(move |call: Call<'_>| {
        if call.on_key().is_some_and(|(_, alias)| alias.contains("/rescue/")) {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    });
    drop(wallet.unlock());
    let wallet = wallet.restart();
    drop(wallet.unlock());
    assert_eq!(asks.load(std::sync::atomic::Ordering::Relaxed), 0);
}
