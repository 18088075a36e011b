//! The export of the journal as evidence: JSON lines with the chain and its plaintext, and a signature over the chain's
//! end.
//!
//! `tests/verifier/FORMAT.md` defines the format byte by byte, for authors of a verifier.
//!
//! | line | fields |
//! |---|---|
//! | first | `format` (`walletlock journal 1`), `wallet_id`, `public_key` (Ed25519), `deleted`: null, or number and link of the last line that the owner had deleted, with a signature (Ed25519 over [`deleted_message`]) |
//! | one for each journal line | `number`, `boot` (null if unreadable), `since_boot_ms`, `wall_ms`, `kind`, `details` (for reading), `salted_details` (what `details_hash` covers; null if the details do not open), `details_hash`, `ciphertext_hash`, `link` |
//! | last | `lines`, `head` (the last link), `signature` (Ed25519 over [`signed_message`]) |
//!
//! Bytes are lower-case hexadecimal. The signature proves that the wallet's data key was at hand when the export was
//! made. It does not prove when that was, and the owner could rebuild a whole journal. Evidence against the owner needs
//! a head that the provider signed.

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Serialize;

use super::line::{Head, Line};
use super::sealing::DetailsOpener;
use crate::crypto::{DataKey, Purpose};
use crate::hex;

/// The name of the format, in the first line of an export.
pub const EXPORT_FORMAT: &str = "walletlock journal 1";

/// A part of an export. The parts, joined in order, are the whole export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPart {
    /// JSON lines, each ended by a line feed.
    pub text: String,
    /// The number of the last line in this part: the next part begins after it. `None`: this part ends with the
    /// signature.
    pub next: Option<u64>,
}

#[derive(Serialize)]
struct First<'a> {
    format: &'a str,
    wallet_id: String,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<Option<Deleted>>,
}

#[derive(Serialize)]
struct Deleted {
    number: u64,
    link: String,
    signature: String,
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
    pub(crate) fn new(data_key: &DataKey, wallet_id: &'a [u8; 16], opener: DetailsOpener<'a>) -> Option<Self> {
        let seed = data_key.derive(Purpose::JournalSigningKey);
        let signing_key = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).ok()?;
        Some(Self { wallet_id, signing_key, opener })
    }

    pub(super) fn wallet_id(&self) -> &[u8; 16] {
        self.wallet_id
    }

    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.signing_key.public_key().as_ref().to_vec()
    }

    /// The part that begins after line `after` and contains `lines`. `deleted`: the last line that the owner had deleted.
    /// `None` cannot happen: serialising these lines cannot fail.
    pub(crate) fn part(
        &self,
        after: u64,
        lines: impl Iterator<Item = Line>,
        deleted: Option<&Head>,
        head: &Head,
    ) -> Option<ExportPart> {
        let mut text = if after == 0 { self.first(EXPORT_FORMAT, Some(deleted))? } else { String::new() };
        let mut last = after;
        for line in lines {
            last = line.number;
            text += &self.line(&line, true)?;
        }
        // If there is no line although the head's number is higher, lines are missing. The export ends here, because
        // the caller would otherwise ask for the same part for ever. A verifier finds the gap.
        let is_last = last == after || last >= head.number;
        if is_last {
            text += &self.last(head, &signed_message(self.wallet_id, head.number, head.link()))?;
        }
        Some(ExportPart { text, next: (!is_last).then_some(last) })
    }

    /// The first line. `deleted`: for a format that tells which lines were deleted.
    pub(super) fn first(&self, format: &str, deleted: Option<Option<&Head>>) -> Option<String> {
        let public_key = hex::encode(&self.public_key());
        let sign = |head: &Head| {
            let signature = self.signing_key.sign(&deleted_message(self.wallet_id, head));
            let (link, signature) = (hex::encode(head.link()), hex::encode(signature.as_ref()));
            Deleted { number: head.number, link, signature }
        };
        let deleted = deleted.map(|deleted| deleted.map(sign));
        json_line(&First { format, wallet_id: hex::encode(self.wallet_id), public_key, deleted })
    }

    /// A line, with its details or without. Details that do not open are exported as null; the chain shows whether they
    /// were tampered with.
    pub(super) fn line(&self, line: &Line, with_details: bool) -> Option<String> {
        let open = || self.opener.open_salted_json(&line.details, line.number);
        let opened = with_details.then(open).flatten();
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

    /// The last line, with a signature over `message`.
    pub(super) fn last(&self, head: &Head, message: &[u8]) -> Option<String> {
        let signature = self.signing_key.sign(message);
        let signature = hex::encode(signature.as_ref());
        json_line(&Last { lines: head.number, head: hex::encode(head.link()), signature })
    }
}

/// The message that an export's signature covers: `walletlock v1 journal export`, the wallet id (16 bytes), the number
/// of lines (8, big-endian), the last link (32).
fn signed_message(wallet_id: &[u8; 16], lines: u64, head: &[u8; 32]) -> Vec<u8> {
    [b"walletlock v1 journal export".as_slice(), wallet_id, &lines.to_be_bytes(), head].concat()
}

/// The message that the signature of the last deleted line covers: `walletlock v1 journal deleted`, the wallet id (16
/// bytes), its number (8, big-endian), its link (32).
fn deleted_message(wallet_id: &[u8; 16], head: &Head) -> Vec<u8> {
    [b"walletlock v1 journal deleted".as_slice(), wallet_id, &head.number.to_be_bytes(), head.link()].concat()
}

pub(super) fn json_line(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok().map(|line| line + "\n")
}
