//! Limits and reservations as tables: the presets at their edges, what counts when, and what a settlement changes.

use super::totals::Totals;
use super::*;
use crate::money::{Currency, Money};
use crate::policy::{Limit, PaymentPolicy, Period};
use crate::request::{Channel, Payee, ProofLevel, Scope};

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

const NOON: Moment = Moment { window: 40, night: None, estimate_ms: 1_000, opens_in_ms: 5, is_full: false };

fn counted(currency: Currency, channel: Channel, minor: u64, level: ProofLevel) -> Counted {
    Counted { channel, card: None, currency, minor, level, window: NOON.window, night: None, seq: 1 }
}

/// What is decided about a payment in an open session, after others were counted.
fn decide(limits: &[Limit], before: &[Counted], payment: &Counted, moment: Moment) -> Decision {
    let mut totals = Totals::default();
    before.iter().for_each(|payment| totals.add(limits, payment));
    let (in_session, least) = (true, ProofLevel::Nothing);
    Question { limits, of_policy: limits.len(), totals: &totals, counted: payment, moment, in_session, least }.decide()
}

fn preset(name: &str) -> Vec<Limit> {
    PaymentPolicy::preset(name).expect("a preset").limits
}

fn is_approved(decision: &Decision) -> bool {
    *decision == Decision::Approved
}

fn least(decision: &Decision) -> Option<ProofLevel> {
    match decision {
        Decision::NeedsProof { least, .. } => Some(*least),
        _ => None,
    }
}

/// Articles 11 and 16: 30.00 and 30.01; 70.00 and 70.01 before 30; the fifth and the sixth; 50.00 contactless.
#[test]
fn psd2_at_its_edges() {
    let limits = preset("psd2");
    let remote = |minor| counted(euro(), Channel::Online, minor, ProofLevel::Nothing);
    let near = |minor| counted(euro(), Channel::InStore, minor, ProofLevel::Nothing);
    for (before, payment, approved) in [
        (vec![], remote(3_000), true),
        (vec![], remote(3_001), false),
        (vec![remote(3_000), remote(3_000), remote(1_000)], remote(3_000), true),
        (vec![remote(3_000), remote(3_000), remote(1_001)], remote(3_000), false),
        (vec![remote(1); 4], remote(1), true),
        (vec![remote(1); 5], remote(1), false),
        (vec![], near(5_000), true),
        (vec![], near(5_001), false),
        (vec![near(5_000), near(5_000)], near(5_000), true),
        (vec![near(5_000), near(5_000), near(1)], near(5_000), false),
        (vec![near(1); 5], near(1), false),
        (vec![near(1); 5], remote(1), true),
    ] {
        let decision = decide(&limits, &before, &payment, NOON);
        assert_eq!(is_approved(&decision), approved, "{} after {before:?}", payment.minor);
        assert_eq!(least(&decision).is_some(), !approved);
    }
}

#[test]
fn a_proof_begins_anew_what_it_is_about() {
    let limits = preset("psd2");
    let of = |channel| counted(euro(), channel, 1, ProofLevel::Nothing);
    for (proven, remote_is_free, near_is_free) in [(Channel::Online, true, false), (Channel::InStore, true, true)] {
        let mut totals = Totals::default();
        for channel in [Channel::Online, Channel::InStore] {
            (0..5).for_each(|_| totals.add(&limits, &of(channel)));
        }
        totals.note_proof(proven);
        for (channel, is_free) in [(Channel::Online, remote_is_free), (Channel::InStore, near_is_free)] {
            let payment = of(channel);
            let least = ProofLevel::Nothing;
            let question = Question {
                limits: &limits,
                of_policy: limits.len(),
                totals: &totals,
                counted: &payment,
                moment: NOON,
                in_session: true,
                least,
            };
            assert_eq!(is_approved(&question.decide()), is_free, "{channel:?} after {proven:?}");
        }
    }
}

/// 500.00 and 500.01 by a code that stands still; 1,000.00 with one factor, and more with two.
#[test]
fn pboc_at_its_edges() {
    let limits = preset("pboc_2017_296");
    let yuan = Currency::new("CNY").expect("a currency");
    let scanned = |minor| counted(yuan, Channel::CodeScanned, minor, ProofLevel::Pin);
    let shown = |minor, level| counted(yuan, Channel::CodeShown, minor, level);
    assert!(is_approved(&decide(&limits, &[], &scanned(50_000), NOON)));
    assert!(matches!(decide(&limits, &[], &scanned(50_001), NOON), Decision::OverLimit(_)));
    assert!(is_approved(&decide(&limits, &[], &shown(100_000, ProofLevel::Pin), NOON)));
    let more = decide(&limits, &[], &shown(100_001, ProofLevel::Pin), NOON);
    assert_eq!(least(&more), Some(ProofLevel::PinAndBiometrics));
    let both = ProofLevel::PinAndBiometrics;
    assert!(is_approved(&decide(&limits, &[shown(100_000, ProofLevel::Pin)], &shown(400_000, both), NOON)));
    let over = decide(&limits, &[shown(100_000, ProofLevel::Pin)], &shown(400_001, both), NOON);
    assert!(matches!(over, Decision::OverLimit(_)), "{over:?}");
}

/// 1,000.00 in one night, which begins in one window and ends in the next.
#[test]
fn pix_counts_a_night_as_one() {
    let limits = preset("pix");
    let real = Currency::new("BRL").expect("a currency");
    let at = |window, night| Moment { window, night, ..NOON };
    let paid = |moment: Moment, minor| Counted {
        window: moment.window,
        night: moment.night,
        ..counted(real, Channel::Transfer, minor, ProofLevel::Pin)
    };
    let (evening, morning, day, next) = (at(40, Some(40)), at(41, Some(40)), at(41, None), at(41, Some(41)));
    let before = [paid(evening, 60_000)];
    for (moment, minor, approved) in [
        (evening, 40_000, true),
        (evening, 40_001, false),
        (morning, 40_000, true),
        (morning, 40_001, false),
        (day, 100_001, true),
        (next, 100_000, true),
        (next, 100_001, false),
    ] {
        let decision = decide(&limits, &before, &paid(moment, minor), moment);
        assert_eq!(is_approved(&decision), approved, "{minor} at {moment:?}: {decision:?}");
    }
}

#[test]
fn a_currency_without_a_hard_limit_is_refused() {
    let only_exempt = [Limit::amount(Scope::All, euro(), Period::Payment, 9).up_to(ProofLevel::Nothing)];
    let payment = counted(euro(), Channel::Online, 1, ProofLevel::PinAndCode);
    assert_eq!(decide(&only_exempt, &[], &payment, NOON), Decision::CurrencyNotAllowed);
    assert_eq!(decide(&[], &[], &payment, NOON), Decision::CurrencyNotAllowed);
}

#[test]
fn thirty_days_are_the_last_thirty_windows() {
    let limits = [Limit::amount(Scope::All, euro(), Period::ThirtyDays, 100)];
    let pay = |window| Counted { window, ..counted(euro(), Channel::Online, 60, ProofLevel::Pin) };
    for (window, left) in [(40, 40), (69, 40), (70, 100)] {
        let mut totals = Totals::default();
        totals.add(&limits, &pay(40));
        assert_eq!(totals.left(&limits[0], Moment { window, ..NOON }), left, "{window}");
    }
    let mut totals = Totals::default();
    (40..140).for_each(|window| totals.add(&limits, &pay(window)));
    assert!(totals.is_in_range());
}

fn shown() -> Shown {
    Shown { lines: vec!["0.60 EUR".to_owned()], language: Language::English, risks: Vec::new() }
}

fn payee() -> Payee {
    Payee { name: "Shop".to_owned(), id: "shop-1".to_owned() }
}

const JTI: [u8; 16] = [7; 16];

fn reserved(totals: &mut Totals, limits: &[Limit]) -> reservation::Reservations {
    let counted = counted(euro(), Channel::Online, 60, ProofLevel::Pin);
    totals.add(limits, &counted);
    let mut all = reservation::Reservations::default();
    all.add(NewReservation {
        fingerprint: Fingerprint::of("order-1", b"content"),
        jti: JTI,
        counted,
        payee: payee(),
        mcc: Some(5_462),
        expires_ms: 120_000,
        issued_s: 0,
        expires_s: 120,
        shown: shown(),
    });
    all
}

#[test]
fn what_each_settlement_changes() {
    let limits = [Limit::amount(Scope::All, euro(), Period::Day, 100)];
    let captured = |minor| Settlement::Captured(minor);
    let is = |minor| PaymentState::Captured { minor };
    for (said, is_signed, settled, left) in [
        (captured(60), false, Settled::Changed(is(60)), 40),
        (captured(90), false, Settled::Changed(is(90)), 10),
        (captured(59), false, Settled::NotAllowed, 40),
        (captured(59), true, Settled::Changed(is(59)), 41),
        (captured(0), true, Settled::Changed(is(0)), 100),
        (Settlement::Declined, false, Settled::NotAllowed, 40),
        (Settlement::Declined, true, Settled::Changed(PaymentState::Declined), 100),
    ] {
        for is_over in [false, true] {
            let mut totals = Totals::default();
            let mut all = reserved(&mut totals, &limits);
            assert_eq!(all.expire(if is_over { 180_000 } else { 179_999 }), usize::from(is_over));
            assert_eq!(all.settle(&mut totals, "order-1", said, is_signed.then_some(&JTI), NOON), settled, "{said:?}");
            assert_eq!(totals.left(&limits[0], NOON), left, "{said:?}");
            // The same again changes nothing.
            all.settle(&mut totals, "order-1", said, is_signed.then_some(&JTI), NOON);
            assert_eq!(totals.left(&limits[0], NOON), left, "{said:?} again");
        }
    }
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    assert_eq!(all.settle(&mut totals, "order-2", captured(1), Some(&JTI), NOON), Settled::Unknown);
}

#[test]
fn charged_after_it_was_declined_counts_in_full_and_a_refund_gives_nothing_back() {
    let limits = [Limit::amount(Scope::All, euro(), Period::Day, 100)];
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    all.settle(&mut totals, "order-1", Settlement::Declined, Some(&JTI), NOON);
    let later = Moment { window: 41, ..NOON };
    let settled = all.settle(&mut totals, "order-1", Settlement::Captured(70), Some(&JTI), later);
    assert_eq!(settled, Settled::Changed(PaymentState::Captured { minor: 70 }));
    assert_eq!((totals.left(&limits[0], NOON), totals.left(&limits[0], later)), (30, 30), "in the window that is open");
    for said in [Settlement::Declined, Settlement::Captured(0)] {
        let settled = all.settle(&mut totals, "order-1", said, Some(&JTI), later);
        assert_eq!(settled, Settled::Unchanged(PaymentState::Captured { minor: 70 }));
        assert_eq!(totals.left(&limits[0], later), 30);
    }
}

#[test]
fn an_older_window_is_lowered_only_where_it_still_counts() {
    let limits = [
        Limit::amount(Scope::All, euro(), Period::Day, 100),
        Limit::amount(Scope::All, euro(), Period::ThirtyDays, 1_000),
        Limit::amount(Scope::All, euro(), Period::Always, 10_000),
    ];
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    let later = Moment { window: 80, ..NOON };
    totals.add(&limits, &Counted { window: 80, seq: 2, ..counted(euro(), Channel::Online, 30, ProofLevel::Pin) });
    all.settle(&mut totals, "order-1", Settlement::Declined, Some(&JTI), later);
    let left: Vec<_> = limits.iter().map(|limit| totals.left(limit, later)).collect();
    assert_eq!(left, [70, 970, 9_970]);
}

#[test]
fn a_payment_from_before_a_limit_is_not_taken_from_what_it_counts() {
    let (old, new) =
        (Limit::amount(Scope::All, euro(), Period::Day, 100), Limit::amount(Scope::Remote, euro(), Period::Day, 100));
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, std::slice::from_ref(&old));
    let both = [old, new.clone()];
    totals.add(&both, &Counted { seq: 2, ..counted(euro(), Channel::Online, 30, ProofLevel::Pin) });
    all.settle(&mut totals, "order-1", Settlement::Declined, Some(&JTI), NOON);
    assert_eq!(totals.left(&new, NOON), 70, "the second payment still counts");
}

#[test]
fn the_oldest_are_forgotten_first_and_the_lists_have_an_end() {
    let mut totals = Totals::default();
    let mut all = reservation::Reservations::default();
    for nth in 0..200_u32 {
        let mut jti = [0; 16];
        jti[..4].copy_from_slice(&nth.to_be_bytes());
        let counted = counted(euro(), Channel::Online, 1, ProofLevel::Pin);
        let fingerprint = Fingerprint::of(&format!("order-{nth}"), b"content");
        let (payee, shown, mcc) = (payee(), shown(), None);
        let (expires_ms, issued_s, expires_s) = (0, 0, 0);
        all.add(NewReservation { fingerprint, jti, counted, payee, mcc, expires_ms, issued_s, expires_s, shown });
        if nth % 2 == 0 {
            all.settle(&mut totals, &format!("order-{nth}"), Settlement::Captured(1), Some(&jti), NOON);
        }
        all.expire(60_000);
        assert!(all.is_in_range());
    }
    assert_eq!(all.state_of("order-199"), Some(PaymentState::Presumed));
    assert_eq!(all.state_of("order-198"), Some(PaymentState::Captured { minor: 1 }));
    assert_eq!((all.state_of("order-71"), all.state_of("order-73")), (None, Some(PaymentState::Presumed)));
    assert_eq!((all.state_of("order-70"), all.state_of("order-72")), (None, Some(PaymentState::Captured { minor: 1 })));
}

#[test]
fn nothing_is_left_today_of_what_nobody_knows() {
    let limits = [
        Limit::amount(Scope::All, euro(), Period::Day, 100),
        Limit::amount(Scope::All, euro(), Period::ThirtyDays, 1_000),
    ];
    let full = Moment { is_full: true, ..NOON };
    let left: Vec<_> = limits.iter().map(|limit| Totals::default().left(limit, full)).collect();
    assert_eq!(left, [0, 1_000]);
}

#[test]
fn a_word_about_another_authorisation_of_the_same_id_says_nothing() {
    let limits = [Limit::amount(Scope::All, euro(), Period::Day, 100)];
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    let settled = all.settle(&mut totals, "order-1", Settlement::Declined, Some(&[8; 16]), NOON);
    assert_eq!((settled, totals.left(&limits[0], NOON)), (Settled::Unknown, 40));
}

#[test]
fn the_provider_corrects_once_what_the_app_said() {
    let limits = [Limit::amount(Scope::All, euro(), Period::Day, 100)];
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    all.settle(&mut totals, "order-1", Settlement::Captured(60), None, NOON);
    for (said, left) in [(Settlement::Captured(42), 58), (Settlement::Declined, 58), (Settlement::Captured(1), 58)] {
        all.settle(&mut totals, "order-1", said, Some(&JTI), NOON);
        assert_eq!(totals.left(&limits[0], NOON), left, "{said:?}");
    }
}

#[test]
fn what_a_right_proof_kept_is_not_taken_back() {
    let limits = [Limit::amount(Scope::All, euro(), Period::Day, 100)];
    let mut totals = Totals::default();
    let mut all = reserved(&mut totals, &limits);
    assert!(all.keep(&JTI));
    assert_eq!(all.release(&JTI), None);
    let mut other = reserved(&mut Totals::default(), &limits);
    assert!(other.release(&JTI).is_some());
    assert!(!other.keep(&JTI), "what was taken back is not handed out");
}

#[test]
fn only_a_limit_of_the_policy_that_bounds_the_payment_allows_it() {
    let dollar = Currency::new("USD").expect("a currency");
    let payment = |channel| counted(dollar, channel, 5, ProofLevel::Pin);
    let day = |scope| Limit::amount(scope, dollar, Period::Day, 100);
    let totals = Totals::default();
    let allowed = |limits: &[Limit], of_policy, channel| {
        let payment = payment(channel);
        let (in_session, least) = (false, ProofLevel::Nothing);
        let question =
            Question { limits, of_policy, totals: &totals, counted: &payment, moment: NOON, in_session, least };
        question.decide() != Decision::CurrencyNotAllowed
    };
    assert!(allowed(&[day(Scope::All)], 1, Channel::Online));
    assert!(!allowed(&[day(Scope::All)], 0, Channel::Online), "the owner's limit allows nothing");
    let near = day(Scope::Channel(Channel::InStore));
    assert!(allowed(std::slice::from_ref(&near), 1, Channel::InStore));
    assert!(!allowed(&[near], 1, Channel::Online), "nothing would bound it");
    assert!(!allowed(&[Limit { at_night: true, ..day(Scope::All) }], 1, Channel::Online), "nothing by day");
}

/// As many limits as there may be, each with thirty days.
#[test]
fn the_fullest_part_fits_the_record() {
    let limits: Vec<_> = (0..24)
        .map(|nth| Limit::amount(Scope::Card(format!("{nth:0>36}")), euro(), Period::ThirtyDays, 1_000_000_000_000))
        .collect();
    let mut payments = Payments::new(None);
    for window in 1_000_000..1_000_040 {
        for nth in 0..24 {
            let card = Some(format!("{nth:0>36}"));
            let paid = counted(euro(), Channel::CodeScanned, 900_000_000_000, ProofLevel::PinAndBiometrics);
            payments.totals.add(&limits, &Counted { card, window, ..paid });
        }
    }
    assert!(payments.is_in_range());
    let bytes = crate::binary::to_bytes(&payments, 64 * 1024).expect("bytes").len();
    assert!((8 * 1024..26 * 1024).contains(&bytes), "{bytes}");
}

/// A book with something in each of its lists.
fn book() -> Book {
    let mut book = Book::default();
    book.reservations = reserved(&mut Totals::default(), &[]);
    let place = Some(Cell { latitude: 483, longitude: -1_163 });
    let amount = Money::new(1_250, euro()).expect("an amount");
    let (payee, card, estimate_ms) = ("shop-1", Some("c-1"), 1_767_225_600_000);
    book.note_approved(&Approved { payee, card, amount, place, estimate_ms });
    book.note_refusal(7);
    book.note_written(8);
    book
}

/// The book's row. If this fails, old books no longer open. JSON has the fields in their order, so that two of equal
/// values cannot change their places unnoticed.
#[test]
fn the_books_form_is_frozen() {
    let json = serde_json::to_string(&book()).expect("JSON");
    assert_eq!(json, include_str!("../../vectors/book_v1.json").trim());
    let sealed = include_str!("../../vectors/book_v1.hex").trim().as_bytes();
    let sealed: Vec<u8> = sealed
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal"))
        .collect();
    assert_eq!(Book::open(&[1; 32], &[2; 16], 3, &sealed), Some(book()));
}

/// The book with as many payments as it keeps, the open ones with as many lines as there may be.
#[test]
fn the_fullest_book_is_written() {
    let mut book = book();
    for nth in 0..1_100_u32 {
        let (payee, card) = (nth.to_string(), format!("{:0>36}", nth % 40));
        let place = Some(Cell { latitude: (nth % 70) as i16, longitude: 0 });
        let amount = Money::new(900_000_000_000, euro()).expect("an amount");
        let (card, estimate_ms) = (Some(card.as_str()), 1_767_225_600_000);
        book.note_approved(&Approved { payee: &payee, card, amount, place, estimate_ms });
        book.note_refusal(estimate_ms);
        book.note_written(estimate_ms);
    }
    // Twenty rules, and a line of two hundred bytes about each limit and flag.
    let risks = vec!["r".repeat(40); 20];
    let shown = Shown { lines: vec!["x".repeat(200); 5 + 48 + 16 + 20], language: Language::English, risks };
    let mut totals = Totals::default();
    for nth in 0..136_u8 {
        let card = Some("c".repeat(36));
        let counted = counted(euro(), Channel::Online, 900_000_000_000, ProofLevel::PinAndBiometrics);
        let (id, expires_ms) = (nth.to_string(), if nth < 64 { 0 } else { 1_767_225_600_000 });
        let fingerprint = Fingerprint::of(&id, b"content");
        let (counted, shown) = (Counted { card, ..counted }, shown.clone());
        let (issued_s, expires_s) = (1_767_225_600, 1_767_225_600);
        let payee = Payee { name: "p".repeat(200), id: "p".repeat(36) };
        book.reservations.add(NewReservation {
            fingerprint,
            jti: [nth; 16],
            counted,
            payee,
            mcc: Some(9_999),
            expires_ms,
            issued_s,
            expires_s,
            shown,
        });
        if (64..128).contains(&nth) {
            book.reservations.settle(&mut totals, &id, Settlement::Captured(900_000_000_000), None, NOON);
        }
        book.reservations.expire(1_767_225_500_000);
    }
    assert_eq!(book.reservations.open(), MAX_OPEN);
    let sealed = book.seal(&mut crate::platform::testing::random(5), &[1; 32], &[2; 16], 3).expect("it is written");
    assert!((160 * 1024..224 * 1024).contains(&sealed.len()), "{}", sealed.len());
    assert_eq!(Book::open(&[1; 32], &[2; 16], 3, &sealed), Some(book));
}
