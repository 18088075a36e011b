use super::*;
use crate::error::LockError;

const DAY_MS: i64 = 86_400_000;

fn dispute(payment: &str) -> Dispute {
    Dispute {
        number: 0,
        payment: payment.to_owned(),
        line: 9,
        first_line: 7,
        opened_wall_ms: 1_767_225_600_000,
        report_by_wall_ms: Dispute::report_by_wall_ms(1_767_225_600_000),
        reason: DisputeReason::NotMine,
        text: "I was asleep.\nReally.".to_owned(),
        frozen_card: Some("c-1".to_owned()),
        freeze_notice: Some("e.f.g".to_owned()),
        reported_wall_ms: None,
        reported_to: None,
        ended: None,
    }
}

#[test]
fn what_the_owner_says_holds_no_full_number() {
    for (text, is_right) in [
        ("", true),
        ("I was asleep.\n\nReally.", true),
        ("Card 4111 1111 1111 1111", false),
        ("a\u{202e}b", false),
        ("a\tb", false),
    ] {
        let expected = if is_right { Ok(()) } else { Err(LockError::Invalid("dispute text")) };
        assert_eq!(Dispute::check_text(text), expected, "{text:?}");
    }
    assert_eq!(Dispute::check_text(&"x".repeat(MAX_DISPUTE_TEXT_BYTES)), Ok(()));
    assert!(Dispute::check_text(&"x".repeat(MAX_DISPUTE_TEXT_BYTES + 1)).is_err());
    for (name, is_right) in [("My bank", true), ("", false), ("4111111111111111", false), (&"x".repeat(201), false)] {
        assert_eq!(Dispute::check_name(name).is_ok(), is_right, "{name:?}");
    }
}

#[test]
fn the_first_report_and_the_first_end_count() {
    let mut disputes = Disputes::default();
    assert_eq!(disputes.add(dispute("a")), Some(1));
    assert!(disputes.report(1, "My bank", 5) && !disputes.report(1, "The police", 6));
    assert!(disputes.end(1, DisputeEnd::Refunded) && !disputes.end(1, DisputeEnd::Rejected));
    assert!(!disputes.report(2, "My bank", 5) && !disputes.end(2, DisputeEnd::Rejected));
    let ended = disputes.find(1).expect("kept");
    assert_eq!((ended.reported_wall_ms, ended.reported_to.as_deref()), (Some(5), Some("My bank")));
    assert_eq!(ended.ended, Some(DisputeEnd::Refunded));
    assert_eq!((disputes.open_of("a"), disputes.first_line()), (None, None));
}

#[test]
fn an_open_one_is_never_dropped_and_no_number_comes_twice() {
    let mut disputes = Disputes::default();
    for number in 1..=MAX_DISPUTES {
        assert_eq!(disputes.add(dispute(&format!("p-{number}"))), u32::try_from(number).ok());
    }
    assert_eq!(disputes.add(dispute("more")), None);
    disputes.end(3, DisputeEnd::Withdrawn);
    assert_eq!(disputes.add(dispute("more")), Some(17));
    assert_eq!((disputes.find(3), disputes.list.len()), (None, MAX_DISPUTES));
    assert_eq!(disputes.first_line(), Some(7));
}

#[test]
fn the_bank_is_told_within_thirteen_months() {
    let paid_ms = 1_767_225_600_000;
    assert_eq!(Dispute::report_by_wall_ms(paid_ms), paid_ms + (365 + 31) * DAY_MS, "1 January 2026 to 1 February 2027");
}

/// If this fails, the disputes of old wallets are not read any more.
#[test]
fn their_form_is_frozen() {
    let mut disputes = Disputes::default();
    let reported = Dispute { reported_wall_ms: Some(1), reported_to: Some("b".to_owned()), ..dispute("a") };
    disputes.add(Dispute { ended: Some(DisputeEnd::Refunded), ..reported });
    let bytes = disputes.to_bytes().expect("short");
    assert_eq!(crate::hex::encode(&bytes), include_str!("../../vectors/disputes_v1.hex").trim());
    assert_eq!(Disputes::from_bytes(&bytes), Some(disputes));
    assert_eq!(Disputes::from_bytes(&[&[2], &bytes[1..]].concat()), None, "of a later format");
    let reasons = [
        DisputeReason::NotMine,
        DisputeReason::WrongAmount,
        DisputeReason::ChargedTwice,
        DisputeReason::NotReceived,
        DisputeReason::Other,
    ];
    crate::binary::tests::are_numbered_from_0(&reasons);
    crate::binary::tests::are_numbered_from_0(&[DisputeEnd::Refunded, DisputeEnd::Rejected, DisputeEnd::Withdrawn]);
}

#[test]
fn full_ones_fit_into_an_item() {
    let mut disputes = Disputes::default();
    for _ in 0..MAX_DISPUTES {
        let text = "x".repeat(MAX_DISPUTE_TEXT_BYTES);
        let (freeze_notice, reported_to) = (Some("x".repeat(2_000)), Some("x".repeat(200)));
        let payment = "p".repeat(36);
        disputes.add(Dispute { text, freeze_notice, reported_to, ..dispute(&payment) });
    }
    assert!(disputes.to_bytes().is_some_and(|bytes| bytes.len() <= crate::MAX_ITEM_BYTES));
}
