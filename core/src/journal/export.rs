//! The journal as evidence: JSON lines that show the chain with its plaintext, and a signature over its end.
//!
//! `tests/verifier/FORMAT.md` says it byte for byte, for who writes a verifier.
//!
//! | line | fields |
//! |---|---|
//! | first | `format` (`walletlock journal 1`), `wallet_id`, `public_key` (Ed25519) |
//! | one a journal line | `number`, `boot` (null if unreadable), `since_boot_ms`, `wall_ms`, `kind`, `details` (for reading), `salted_details` (what `details_hash` is over; null if they do not open), `details_hash`, `ciphertext_hash`, `link` |
//! | last | `lines`, `head` (the last link), `signature` (Ed25519 over [`signed_message`]) |
//!
//! Bytes are lower-case hexadecimal. The signature says that the wallet's data key was there when the export was made, and nothing
//! about when that was: the owner could rebuild a whole journal. Evidence against the owner needs a head that the provider signed.

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Serialize;

use super::line::{Head, Line};
use super::sealing::DetailsOpener;
use crate::crypto::{DataKey, Purpose};
use crate::hex;

/// Names the format, in the first line.
pub const EXPORT_FORMAT: &str = "walletlock journal 1";

/// A part of an export. Parts one after the other are the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPart {
    /// JSON lines, each ended by a line feed.
    pub text: String,
    /// What to ask for next. `None`: this part ends with the signature.
    pub next: Option<u64>,
}

#[derive(Serialize)]
struct First<'a> {
    format: &'a str,
    wallet_id: String,
    public_key: String,
}

#[derive(Serialize)]
struct Exported {
    number: u64,
    boot: Option<u32>,
    since_boot_ms: u64,
    wall_ms: i64,
    kind: u16,
    details: Option<std::collections::BTreeMap<String, String>>,
    salted_details: Option<String>,
    details_hash: String,
    ciphertext_hash: String,
    link: String,
}

#[derive(Serialize)]
struct Last {
    lines: u64,
    head: String,
    signature: String,
}

/// Signs exports of one wallet.
pub(crate) struct Exporter<'a> {
    wallet_id: &'a [u8; 16],
    signing_key: Ed25519KeyPair,
    opener: DetailsOpener<'a>,
}

impl<'a> Exporter<'a> {
    /// `None` cannot happen: every 32 bytes are an Ed25519 seed.
    pub(crate) fn new(data_key: &DataKey, wallet_id: &'a [u8; 16]) -> Option<Self> {
        let seed = data_key.derive(Purpose::JournalSigningKey);
        let signing_key = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).ok()?;
        Some(Self { wallet_id, signing_key, opener: DetailsOpener::new(data_key, wallet_id) })
    }

    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.signing_key.public_key().as_ref().to_vec()
    }

    /// The part that begins after line `after` and holds `lines`. `None` cannot happen: these lines always serialise.
    pub(crate) fn part(&self, after: u64, lines: impl Iterator<Item = Line>, head: &Head) -> Option<ExportPart> {
        let mut text = if after == 0 { self.first()? } else { String::new() };
        let mut last = after;
        for line in lines {
            last = line.number;
            text += &self.line(&line)?;
        }
        // Without a line there is a gap before the head. It is the verifier's to find; asking again would not end.
        let is_last = last == after || last >= head.number;
        if is_last {
            text += &self.last(head)?;
        }
        Some(ExportPart { text, next: (!is_last).then_some(last) })
    }

    fn first(&self) -> Option<String> {
        let public_key = hex::encode(&self.public_key());
        json_line(&First { format: EXPORT_FORMAT, wallet_id: hex::encode(self.wallet_id), public_key })
    }

    /// A line with what it says. Details that do not open are shown as missing; the chain tells whether they were tampered with.
    fn line(&self, line: &Line) -> Option<String> {
        let opened = self.opener.open_salted_json(&line.details, line.number);
        json_line(&Exported {
            number: line.number,
            boot: line.time.boot,
            since_boot_ms: line.time.since_boot_ms,
            wall_ms: line.time.wall_ms,
            kind: line.kind,
            details: opened.as_ref().map(|(plaintext, _)| plaintext.to_details().0),
            salted_details: opened.as_ref().map(|(_, salted)| hex::encode(salted)),
            details_hash: hex::encode(&line.details.hash),
            ciphertext_hash: hex::encode(&line.details.ciphertext_hash()),
            link: hex::encode(&line.link),
        })
    }

    fn last(&self, head: &Head) -> Option<String> {
        let signature = self.signing_key.sign(&signed_message(self.wallet_id, head.number, head.link()));
        let signature = hex::encode(signature.as_ref());
        json_line(&Last { lines: head.number, head: hex::encode(head.link()), signature })
    }
}

/// What an export's signature is over: `walletlock v1 journal export`, the wallet id (16 bytes), the number of lines (8, big-endian),
/// the last link (32).
fn signed_message(wallet_id: &[u8; 16], lines: u64, head: &[u8; 32]) -> Vec<u8> {
    [b"walletlock v1 journal export".as_slice(), wallet_id, &lines.to_be_bytes(), head].concat()
}

fn json_line(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok().map(|line| line + "\n")
}
