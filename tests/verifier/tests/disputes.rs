//! The evidence of a real wallet for a disputed payment, and an export after lines were deleted. The tests tamper with both.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::disputes::DisputeReason;
use walletlock_core::journal::{LineState, Query};
use walletlock_core::money::{Currency, Money};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::{AntiRollback, Limit, PaymentPolicy, Period, Policy, RiskPolicy};
use walletlock_core::request::{Payee, Payment, Scope};
use walletlock_core::{Options, PaymentContext, PaymentOutcome, PinOutcome, Session, WalletLock};
use walletlock_verifier::{Broken, verify};

const PIN: &str = "493716";
const YEARS_MS: u64 = 3 * 365 * 86_400_000;

struct Wallet {
    lock: Arc<WalletLock>,
    phone: FakePhone,
    _folder: TempDir,
}

fn entry() -> PinEntry {
    let entry = PinEntry::new();
    for digit in PIN.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}

fn euros(minor: u64) -> Money {
    Money::new(minor, Currency::new("EUR").expect("a currency")).expect("an amount")
}

impl Wallet {
    fn new() -> Self {
        let (folder, phone) = (TempDir::new().expect("a folder"), FakePhone::default());
        let day = Limit::amount(Scope::All, euros(0).currency(), Period::Day, 1_000_000);
        let payment = PaymentPolicy { limits: vec![day], risk: RiskPolicy::off(), ..PaymentPolicy::default() };
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy: Policy { payment, ..Policy::default() },
            platform: phone.platform(),
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        let lock = Arc::new(WalletLock::open(options).expect("it opens"));
        drop(lock.enrol(&entry(), &[]).expect("enrolled"));
        Self { lock, phone, _folder: folder }
    }

    fn unlock(&self) -> Session {
        let PinOutcome::Right(session) = self.lock.verify_pin(&entry()) else { panic!("the owner gets in") };
        session
    }

    fn pay(&self, id: &str) {
        let payment = Payment::new(id, euros(950), Payee { name: "Bakery".to_owned(), id: "m-1".to_owned() });
        let payments = self.lock.payments();
        let asked = payments.authorize(&payment, &PaymentContext::default()).expect("an outcome");
        let PaymentOutcome::NeedsProof(needs) = asked else { panic!("{asked:?}") };
        let paid = payments.confirm_pin(needs.handle, &entry()).expect("an outcome");
        assert!(matches!(paid, PaymentOutcome::Approved(_)), "{paid:?}");
    }

    /// The evidence for a payment that was charged after so many other lines.
    fn evidence(&self, others: usize) -> String {
        self.pay("order-6");
        self.pay("order-7");
        let session = self.unlock();
        session.journal().fill(&vec!["secret".to_owned(); others]).expect("filled");
        self.lock.payments().captured("order-7", 950).expect("charged");
        let query = Query { state: Some(LineState::Captured), ..Query::default() };
        let line = session.journal().page(&query).expect("a page").entries[0].number;
        let dispute = session.disputes().open(line, DisputeReason::ChargedTwice, "Twice!\n\"Really.\"").expect("open");
        session.disputes().report(dispute.number, "My bank").expect("reported");
        session.disputes().evidence(dispute.number).expect("read").expect("evidence")
    }

    fn export(&self) -> String {
        let session = self.unlock();
        let (mut text, mut after) = (String::new(), Some(0));
        while let Some(number) = after {
            let part = session.journal().export(number, 200).expect("a part");
            text += &part.text;
            after = part.next;
        }
        text
    }

    /// Deletes all lines that are old enough, after three years.
    fn delete_lines(&self) -> u64 {
        let alerts = self.lock.alerts();
        alerts.acknowledge(alerts.pending(0).expect("alerts").up_to).expect("shown");
        self.phone.clock.advance_ms(YEARS_MS);
        let deleted = self.unlock().journal().delete_lines(i64::MAX).expect("deleted");
        assert!(deleted > 0);
        deleted
    }
}

#[test]
fn the_evidence_is_accepted_and_says_what_it_is_about() {
    for (others, runs) in [(3, 1), (500, 2)] {
        let evidence = Wallet::new().evidence(others);
        let report = verify(evidence.as_bytes(), None).expect("accepted");
        let disputed = report.dispute.expect("a dispute");
        assert_eq!(disputed.dispute.payment, "order-7");
        assert_eq!(disputed.dispute.reported_to.as_deref(), Some("My bank"));
        assert_eq!(disputed.about, 3, "set aside, approved, charged");
        assert!(disputed.shown.iter().any(|line| line.contains("Bakery")), "{:?}", disputed.shown);
        assert_eq!(evidence.matches("run_after").count(), runs);
        assert!(!evidence.contains("secret") && !evidence.contains("order-6"));
        let others_key = "0".repeat(64);
        assert_eq!(verify(evidence.as_bytes(), Some(&others_key)), Err(Broken::OtherKey));
        verify(evidence.as_bytes(), Some(&report.public_key.to_uppercase())).expect("the right key");
    }
}

/// Every byte changed in two ways, dropped, and doubled; every line dropped, doubled, and swapped with the next one.
#[track_caller]
fn assert_every_change_is_noticed(file: &str) {
    let bytes = file.as_bytes();
    let mut accepted = Vec::new();
    let mut check = |what: String, changed: Vec<u8>| {
        if changed != bytes && verify(changed.as_slice(), None).is_ok() {
            accepted.push(what);
        }
    };
    for at in 0..bytes.len() {
        let with = |middle: &[u8]| [&bytes[..at], middle, &bytes[at + 1..]].concat();
        check(format!("byte {at} flipped"), with(&[bytes[at] ^ 1]));
        check(format!("byte {at} in another case"), with(&[bytes[at] ^ b' ']));
        check(format!("byte {at} dropped"), with(&[]));
        check(format!("byte {at} doubled"), with(&[bytes[at], bytes[at]]));
    }
    let lines: Vec<_> = file.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let with =
            |middle: &[&str], rest: usize| [&lines[..at], middle, &lines[at + rest..]].concat().concat().into_bytes();
        check(format!("line {at} dropped"), with(&[], 1));
        check(format!("line {at} doubled"), with(&[lines[at], lines[at]], 1));
        if let Some(next) = lines.get(at + 1) {
            check(format!("line {at} after the next"), with(&[next, lines[at]], 2));
        }
    }
    for cut in 0..bytes.len() {
        check(format!("cut to {cut}"), bytes[..cut].to_vec());
    }
    assert_eq!(accepted, Vec::<String>::new());
}

#[test]
fn every_change_of_the_evidence_is_noticed() {
    assert_every_change_is_noticed(&Wallet::new().evidence(2));
}

#[test]
fn an_export_after_a_deletion_is_accepted_and_every_change_of_it_is_noticed() {
    let wallet = Wallet::new();
    wallet.pay("order-7");
    let deleted = wallet.delete_lines();
    let export = wallet.export();
    let report = verify(export.as_bytes(), None).expect("accepted");
    assert_eq!(report.deleted, deleted);
    assert_every_change_is_noticed(&export);
}

/// Whoever exports cannot leave lines out and say that they were deleted: the journal would say so too.
#[test]
fn lines_that_no_line_says_were_deleted_are_missing() {
    let wallet = Wallet::new();
    wallet.pay("order-7");
    wallet.delete_lines();
    let export = wallet.export();
    let (first, rest) = export.split_once('\n').expect("lines");
    let deletion = rest.split_inclusive('\n').find(|line| line.contains("\"kind\":84")).expect("the line about it");
    let hidden = deletion.find("\"details\":{").expect("details");
    let end = deletion.find("\"details_hash\"").expect("its hash");
    let without = format!("{}\"details\":null,\"salted_details\":null,{}", &deletion[..hidden], &deletion[end..]);
    let changed = format!("{first}\n{}", rest.replace(deletion, &without));
    assert!(matches!(verify(changed.as_bytes(), None), Err(Broken::Chain { line: 1, .. })));
}
