use super::details::SealedDetails;
use super::*;
use crate::crypto::{DataKey, Random};
use crate::events::{JournalEvent, Kind};
use crate::platform::testing;
use crate::time::Now;

const WALLET: [u8; 16] = [0x11; 16];

struct Keys {
    random: Random,
    data_key: DataKey,
    private: [u8; 32],
    public: [u8; 32],
}

fn keys() -> Keys {
    let mut random = testing::random(5);
    let data_key = DataKey::make(&mut random);
    let private = *derive_private_key(&data_key);
    Keys { random, data_key, private, public: derive_public_key(&private).expect("a key") }
}

fn at(minute: u64) -> Now {
    Now { boot: Some(3), since_boot_ms: minute * 60_000, wall_ms: 1_767_225_600_000 + minute as i64 * 60_000 }
}

/// What the lock does with the lines it reads.
fn verify(head: &Head, wallet_id: &[u8; 16], lines: impl IntoIterator<Item = Line>) -> Chain {
    let mut followed = Head::start(wallet_id);
    for line in lines {
        if !followed.follow(&line) {
            return Chain::BrokenAt { number: followed.number + 1 };
        }
    }
    head.compare(&followed)
}

fn failures(failures: u32) -> Details {
    Details::from(&JournalEvent::PinWrong { failures })
}

/// Six lines, every other with details.
fn chain() -> (Head, Vec<Line>, Keys) {
    let mut keys = keys();
    let mut head = Head::start(&WALLET);
    let lines = (1..=6)
        .map(|number| {
            let details = if number % 2 == 0 { failures(number as u32) } else { Details::default() };
            let sealed = details.seal(&mut keys.random, &keys.public, number).expect("sealed");
            head.append(at(number), if number % 2 == 0 { Kind::PinWrong } else { Kind::PinTried }, sealed)
        })
        .collect();
    (head, lines, keys)
}

#[test]
fn a_chain_as_it_was_written_is_intact() {
    let (head, lines, _) = chain();
    assert_eq!(verify(&head, &WALLET, lines), Chain::Intact { lines: 6 });
    assert_eq!(verify(&Head::start(&WALLET), &WALLET, []), Chain::Intact { lines: 0 });
}

#[test]
fn every_change_is_found_where_it_is() {
    type Change = fn(&mut Vec<Line>);
    let changes: [(Change, u64); 14] = [
        (|lines| drop(lines.remove(0)), 1),
        (|lines| drop(lines.remove(3)), 4),
        (|lines| drop(lines.pop()), 6),
        (|lines| lines.clear(), 1),
        (|lines| lines.swap(1, 2), 2),
        (|lines| lines.insert(2, lines[1].clone()), 3),
        (|lines| lines.push(lines[5].clone()), 7),
        (|lines| lines[2].time.boot = None, 3),
        (|lines| lines[2].time.boot = Some(4), 3),
        (|lines| lines[2].time.since_boot_ms += 1, 3),
        (|lines| lines[2].time.wall_ms -= 1, 3),
        (|lines| lines[2].kind = Kind::PinRight.code(), 3),
        (|lines| lines[3].details.hash[0] ^= 1, 4),
        (|lines| lines[3].details.ciphertext[40] ^= 1, 4),
    ];
    for (nth, (change, broken_at)) in changes.into_iter().enumerate() {
        let (head, mut lines, _) = chain();
        change(&mut lines);
        assert_eq!(verify(&head, &WALLET, lines), Chain::BrokenAt { number: broken_at }, "change {nth}");
    }
}

#[test]
fn a_chain_made_anew_does_not_end_where_the_record_says() {
    let (head, _, mut keys) = chain();
    let mut forged = Head::start(&WALLET);
    let lines: Vec<_> = (1..=6)
        .map(|number| {
            let sealed = failures(1).seal(&mut keys.random, &keys.public, number).expect("sealed");
            forged.append(at(number), Kind::PinRight, sealed)
        })
        .collect();
    assert_eq!(verify(&forged, &WALLET, lines.clone()), Chain::Intact { lines: 6 }, "the control");
    assert_eq!(verify(&head, &WALLET, lines), Chain::BrokenAt { number: 6 });
    let (_, lines, _) = chain();
    assert_eq!(verify(&head, &[0x12; 16], lines), Chain::BrokenAt { number: 1 }, "another wallet's");
}

#[test]
fn an_unreadable_boot_count_is_not_the_count_zero() {
    let line = |boot| Head::start(&WALLET).append(Now { boot, ..at(1) }, Kind::PinTried, SealedDetails::default()).link;
    assert_ne!(line(None), line(Some(0)));
}

#[test]
fn details_open_with_the_private_half_in_their_own_line() {
    let mut keys = keys();
    let details = Details::from(&JournalEvent::PolicyChanged { from: "walletlock", to: "ctap2" });
    let sealed = details.seal(&mut keys.random, &keys.public, 7).expect("sealed");
    assert_eq!(sealed.open(&keys.private, 7), Some(details.clone()));
    assert_eq!(sealed.open(&keys.private, 8), None, "another line");
    assert_eq!(sealed.open(&[9; 32], 7), None, "another key");
    let other = details.seal(&mut keys.random, &keys.public, 7).expect("sealed");
    assert_ne!(sealed.hash, other.hash, "salted: equal details do not show");
    assert_eq!(SealedDetails { hash: other.hash, ..sealed.clone() }.open(&keys.private, 7), None);
    assert_eq!(SealedDetails { ciphertext: vec![], ..sealed }.open(&keys.private, 7), None, "taken away");
    assert_eq!(SealedDetails::default().open(&keys.private, 7), Some(Details::default()));
}

#[test]
fn the_length_of_details_tells_little() {
    let mut keys = keys();
    let mut length = |value: &str| {
        let sealed = Details::from(&JournalEvent::ItemWritten { item: value })
            .seal(&mut keys.random, &keys.public, 1)
            .expect("sealed");
        sealed.ciphertext.len()
    };
    assert_eq!(length("a"), length("a-longer-name"));
    assert_eq!(length(&"x".repeat(60)) - length("x"), 64);
}

#[test]
fn kinds_keep_their_numbers() {
    for (number, kind) in (1..).zip(Kind::ALL) {
        assert_eq!((kind.code(), Kind::from_code(number)), (number, Some(kind)));
    }
    assert_eq!(Kind::from_code(0), None);
    assert_eq!(Kind::from_code(23), None);
}

#[test]
fn a_line_of_a_newer_version_is_shown_without_a_kind() {
    let (_, mut lines, keys) = chain();
    lines[1].kind = 999;
    let entry = Query::default().select(&lines[1], &keys.private).expect("shown");
    assert_eq!((entry.kind, entry.details), (None, Some(failures(2))));
    assert_eq!(Query { kinds: vec![Kind::PinWrong], ..Query::default() }.select(&lines[1], &keys.private), None);
}

/// The chain of format 1, computed apart from this code (see the comment). If this fails, old journals no longer verify.
#[test]
fn the_format_is_frozen() {
    // SHA-256 over "walletlock v1 journal start", 16 x 11; then over "walletlock v1 journal line", that, number 1 (8 bytes), 01,
    // boot 3 (4), 60000 (8), 1767225660000 (8), kind 2 (2), 32 zeros, SHA-256 of nothing.
    let line = Head::start(&WALLET).append(at(1), Kind::PinTried, SealedDetails::default());
    let hex: String = line.link.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "ecef8cbf84b638763f45b5fe58770ffc686a7d57818d904f36204148857a9ebc");
}

/// The export of format 1, which `tests/verifier` accepts. If this fails, evidence that someone keeps may no longer be read.
#[test]
fn the_export_is_frozen() {
    let (head, lines, keys) = chain();
    let exporter = Exporter::new(&keys.data_key, &WALLET).expect("a key");
    let part = exporter.part(0, lines.into_iter(), &head).expect("it serialises");
    assert_eq!((part.text.as_str(), part.next), (include_str!("../../vectors/export_v1.jsonl"), None));
}
