use super::details::{Plaintext, SALT_BYTES};
use super::*;
use crate::crypto::{AeadKey, DataKey, Purpose, Random};
use crate::events::{JournalEvent, Kind};
use crate::hex;
use crate::platform::testing;
use crate::time::Now;
use zeroize::Zeroizing;

const WALLET: [u8; 16] = [0x11; 16];

struct Keys {
    random: Random,
    data_key: DataKey,
}

/// Whether the data key is at hand (`Open`) when details are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WalletIs {
    Locked,
    Open,
}

impl Keys {
    fn seal(&mut self, state: WalletIs, details: &Details, number: u64) -> SealedDetails {
        let key = DetailsKey::derive(&self.data_key);
        let sealer = DetailsSealer {
            wallet_id: &WALLET,
            public_key: derive_journal_key(&self.data_key).expect("a key"),
            key: (state == WalletIs::Open).then_some(&key),
        };
        sealer.seal(&mut self.random, details, number).expect("sealed")
    }

    fn open(&self, details: &SealedDetails, number: u64) -> Option<Details> {
        let opened = DetailsOpener::new(&self.data_key, &WALLET, Vec::new()).open(details, number);
        opened.map(|plaintext| plaintext.to_details())
    }

    fn page(&self, query: &Query, lines: &[Line]) -> Page {
        let opener = DetailsOpener::new(&self.data_key, &WALLET, Vec::new());
        let head = lines.last().map_or_else(|| Head::start(&WALLET), Head::at);
        query.page(&mut lines.iter().rev().cloned(), &opener, &Head::start(&WALLET), &head)
    }
}

fn keys() -> Keys {
    let mut random = testing::random(5);
    let data_key = DataKey::make(&mut random);
    Keys { random, data_key }
}

fn at(minute: u64) -> Now {
    Now { boot: Some(3), since_boot_ms: minute * 60_000, wall_ms: 1_767_225_600_000 + minute as i64 * 60_000 }
}

/// Checks a chain in the way the lock does with the lines it reads.
fn verify(head: &Head, wallet_id: &[u8; 16], lines: impl IntoIterator<Item = Line>) -> Chain {
    let mut verified = Head::start(wallet_id);
    for line in lines {
        if !verified.verify_next(&line) {
            return Chain::BrokenAt { number: verified.number + 1 };
        }
    }
    head.compare(&verified)
}

fn failures(failures: u32) -> Details {
    Details::from(&JournalEvent::PinWrong { failures })
}

/// Six lines. Every second one has details: those of lines 2 and 4 are sealed while locked, those of line 6 while open.
fn chain() -> (Head, Vec<Line>, Keys) {
    let mut keys = keys();
    let mut head = Head::start(&WALLET);
    let lines = (1..=6)
        .map(|number| {
            let details = if number % 2 == 0 { failures(number as u32) } else { Details::default() };
            let sealed = keys.seal(if number == 6 { WalletIs::Open } else { WalletIs::Locked }, &details, number);
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
            let sealed = keys.seal(WalletIs::Open, &failures(1), number);
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
fn details_open_with_the_data_key_in_their_own_line() {
    let details = Details::from(&JournalEvent::PolicyChanged { from: "walletlock", to: "ctap2" });
    for state in [WalletIs::Locked, WalletIs::Open] {
        let mut keys = keys();
        let sealed = keys.seal(state, &details, 7);
        assert_eq!(keys.open(&sealed, 7), Some(details.clone()), "{state:?}");
        assert_eq!(keys.open(&sealed, 8), None, "another line");
        assert!(
            DetailsOpener::new(&keys.data_key, &[0x12; 16], Vec::new()).open(&sealed, 7).is_none(),
            "another wallet's"
        );
        let other_key = DataKey::from_bytes(&[9; 32]).expect("a key");
        assert!(DetailsOpener::new(&other_key, &WALLET, Vec::new()).open(&sealed, 7).is_none(), "another key");
        let other = keys.seal(state, &details, 7);
        assert_ne!(sealed.hash, other.hash, "salted: equal details do not show");
        assert_eq!(keys.open(&SealedDetails { hash: other.hash, ..sealed.clone() }, 7), None);
        assert_eq!(keys.open(&SealedDetails { ciphertext: vec![], ..sealed.clone() }, 7), None, "taken away");
        for bit in 0..8 * sealed.ciphertext.len() {
            let mut flipped = sealed.clone();
            flipped.ciphertext[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keys.open(&flipped, 7), None, "bit {bit}");
        }
        for length in 0..sealed.ciphertext.len() {
            let cut = SealedDetails { ciphertext: sealed.ciphertext[..length].to_vec(), ..sealed.clone() };
            assert_eq!(keys.open(&cut, 7), None, "cut to {length}");
        }
        let none = keys.seal(state, &Details::default(), 7);
        assert_eq!(none, SealedDetails::default());
        assert_eq!(keys.open(&none, 7), Some(Details::default()));
    }
}

#[test]
fn one_byte_says_how_they_are_sealed() {
    let mut keys = keys();
    assert_eq!(keys.seal(WalletIs::Locked, &failures(1), 1).ciphertext[0], 1);
    assert_eq!(keys.seal(WalletIs::Open, &failures(1), 1).ciphertext[0], 2);
}

#[test]
fn the_length_of_details_tells_little() {
    for state in [WalletIs::Locked, WalletIs::Open] {
        let mut keys = keys();
        let mut length =
            |item: &str| keys.seal(state, &Details::from(&JournalEvent::ItemWritten { item }), 1).ciphertext.len();
        assert_eq!(length("a"), length("a-longer-name"));
        assert_eq!(length(&"x".repeat(60)) - length("x"), 64);
    }
}

/// Details that are sealed properly, but not in their exact binary form. Only someone with the data key, or a fault in
/// this library, could make them.
#[test]
fn a_binary_form_that_is_not_exactly_the_one_is_not_read() {
    let pairs = |pairs: &[u8]| {
        let mut bytes = [&[0x55; SALT_BYTES], pairs].concat();
        bytes.resize(bytes.len().next_multiple_of(64), 0);
        bytes
    };
    let reads = |bytes: &[u8]| Plaintext::parse(Zeroizing::new(bytes.to_vec())).is_some();
    let whole = pairs(b"\x01a\0\x01A\x01b\0\0");
    assert!(reads(&whole), "the control");
    assert!(reads(&pairs(&[b"\x01a\0\x2c".as_slice(), &[b'A'; 44]].concat())), "64 bytes without padding");
    let with_bytes_behind = |behind: &[u8]| [whole.as_slice(), behind].concat();
    for (bytes, what) in [
        (vec![], "nothing"),
        (whole[..32].to_vec(), "half"),
        (pairs(b""), "no pair"),
        (pairs(b"\x01b\0\0\x01a\0\0"), "names in another order"),
        (pairs(b"\x01a\0\0\x01a\0\0"), "a name twice"),
        (pairs(b"\0\0\x01A\x01b\0\0"), "an empty name"),
        (pairs(b"\x01a\0\x2d"), "a value that ends behind the end"),
        (pairs(b"\x01a\0\0\x2d"), "a name that ends behind the end"),
        (pairs(&[b"\x01a\0\x2b".as_slice(), &[b'A'; 43], b"\x01"].concat()), "a length and nothing behind it"),
        (pairs(b"\x01\xff\0\0"), "a name that is not UTF-8"),
        (pairs(b"\x01a\0\x01\xff"), "a value that is not UTF-8"),
        (pairs(b"\x01a\0\x01A\0\x01"), "padding that is not zeros"),
        (with_bytes_behind(&[0; 64]), "more padding than is needed"),
        (with_bytes_behind(&[0]), "no multiple of 64 bytes"),
    ] {
        assert!(!reads(&bytes), "{what}");
    }
    let mut keys = keys();
    let hash = keys.seal(WalletIs::Open, &failures(1), 7).hash;
    let key = AeadKey::new(&keys.data_key.derive(Purpose::JournalDetails));
    let mut sealed = |bytes: &[u8]| {
        let aad = [WALLET.as_slice(), &7_u64.to_be_bytes(), &hash].concat();
        let sealed = key.seal(&mut keys.random, &aad, bytes).expect("short");
        SealedDetails { hash, ciphertext: [&[2], sealed.as_slice()].concat() }
    };
    let (read, not_read) = (sealed(&whole), sealed(&pairs(b"")));
    assert!(keys.open(&read, 7).is_some() && keys.open(&not_read, 7).is_none());
}

#[test]
fn what_is_too_long_for_the_binary_form_is_not_sealed() {
    let plaintext = |name: usize, value: usize| {
        let details = Details([("n".repeat(name), "v".repeat(value))].into());
        details.to_plaintext(&[0; SALT_BYTES])
    };
    assert!(plaintext(255, 65_535).is_some());
    assert!(plaintext(256, 1).is_none() && plaintext(1, 65_536).is_none() && plaintext(0, 1).is_none());
}

/// Both ways of sealing, as frozen vectors. If this fails, the details in old journals can no longer be read.
#[test]
fn the_details_are_frozen() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/journal_details_v1.json")).expect("JSON");
    let bytes = |name: &str| {
        let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
        vector[name].as_str().expect(name).as_bytes().chunks(2).map(digits).collect::<Vec<u8>>()
    };
    let mut keys = Keys { data_key: DataKey::from_bytes(&bytes("data_key")).expect("a key"), ..keys() };
    assert_eq!(bytes("wallet_id"), WALLET);
    let number = vector["number"].as_u64().expect("a number");
    let details: Details = Details(serde_json::from_value(vector["details"].clone()).expect("pairs"));
    for (name, state) in [("while_locked", WalletIs::Locked), ("while_open", WalletIs::Open)] {
        let made = keys.seal(state, &details, number);
        let hash = format!("{name}_hash");
        let written = [&hash, name].map(|name| vector[name].as_str().expect(name).to_owned());
        assert_eq!([hex::encode(&made.hash), hex::encode(&made.ciphertext)], written, "{name}");
        let frozen = SealedDetails { hash: bytes(&hash).try_into().expect("a hash"), ciphertext: bytes(name) };
        assert_eq!(keys.open(&frozen, number), Some(details.clone()), "{name}");
    }
}

#[test]
fn a_search_looks_at_names_and_values() {
    let (_, lines, keys) = chain();
    let found = |text: &str| {
        let page = keys.page(&Query { text: Some(text.to_owned()), ..Query::default() }, &lines);
        page.entries.into_iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    assert_eq!(found("FAIL"), [6, 4, 2]);
    assert_eq!(found("4"), [4]);
    assert_eq!(found("5"), [0; 0]);
}

#[test]
fn kinds_keep_their_numbers() {
    for (number, kind) in (1..).zip(Kind::ALL) {
        assert_eq!((kind.code(), Kind::from_code(number)), (number, Some(kind)));
    }
    for number in [0, 88] {
        assert_eq!(Kind::from_code(number), None);
    }
}

#[test]
fn a_line_of_a_newer_version_is_shown_without_a_kind() {
    let (_, mut lines, keys) = chain();
    lines[1].kind = 999;
    let entries = keys.page(&Query::default(), &lines[1..2]).entries;
    assert_eq!((entries[0].kind, entries[0].details.clone()), (None, Some(failures(2))));
    assert_eq!(keys.page(&Query { kinds: vec![Kind::PinWrong], ..Query::default() }, &lines[1..2]).entries, []);
}

/// The chain of format 1, computed independently of this code (see the comment). If this fails, old journals no longer
/// verify.
#[test]
fn the_format_is_frozen() {
    // SHA-256 over "walletlock v1 journal start" and 16 bytes 0x11; then SHA-256 over "walletlock v1 journal line", the
    // first hash, number 1 (8 bytes), 01, boot 3 (4), 60000 (8), 1767225660000 (8), kind 2 (2), 32 zeros, SHA-256 of
    // the empty string.
    let line = Head::start(&WALLET).append(at(1), Kind::PinTried, SealedDetails::default());
    let hex: String = line.link.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "ecef8cbf84b638763f45b5fe58770ffc686a7d57818d904f36204148857a9ebc");
}

/// The export of format 1, which `tests/verifier` accepts. If this fails, exports that people keep as evidence may
/// become unreadable.
#[test]
fn the_export_is_frozen() {
    let (head, lines, keys) = chain();
    let opener = DetailsOpener::new(&keys.data_key, &WALLET, Vec::new());
    let exporter = Exporter::new(&keys.data_key, &WALLET, opener).expect("a key");
    let part = exporter.part(0, lines.into_iter(), None, &head).expect("it serialises");
    assert_eq!((part.text.as_str(), part.next), (include_str!("../../vectors/export_v1.jsonl"), None));
}
