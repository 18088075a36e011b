//! Checks an exported journal: every line as it was written, none missing, none added, and signed at its end.
//!
//! Written from the format that `core/src/journal/export.rs` and `line.rs` describe, and sharing no code with them: so a mistake there
//! does not pass unnoticed here.

use std::collections::BTreeMap;
use std::io::BufRead;

use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;

/// An export that is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Journal lines.
    pub lines: u64,
    /// Lines whose details the exporting wallet could not open. The chain covers them all the same.
    pub unreadable: u64,
    /// The Ed25519 key that signed. It proves whose export this is only to someone who knows the key from elsewhere.
    pub public_key: String,
}

/// Why an export is refused. Lines are those of the file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The file cannot be read or ends too early.
    #[error("the file ends after line {after}, without a signature")]
    Cut {
        /// The last line that could be read.
        after: u64,
    },
    /// A line is not of the format.
    #[error("line {line} is not of the format")]
    Format {
        /// Which.
        line: u64,
    },
    /// A journal line is missing, added, moved or changed.
    #[error("journal line {number} is missing, added, moved or changed (line {line} of the file)")]
    Chain {
        /// The number the journal line should have.
        number: u64,
        /// Where in the file.
        line: u64,
    },
    /// What a line says is not what was written.
    #[error("the details of journal line {number} are not what was written (line {line} of the file)")]
    Details {
        /// The journal line.
        number: u64,
        /// Where in the file.
        line: u64,
    },
    /// The end is not signed by the key that the file names.
    #[error("the signature is not one over this journal")]
    Signature,
    /// Signed by another key than the expected one.
    #[error("signed by another key than the expected one")]
    OtherKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: String,
    wallet_id: String,
    public_key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    boot: Option<u32>,
    since_boot_ms: u64,
    wall_ms: i64,
    kind: u16,
    details: Option<BTreeMap<String, String>>,
    salted_details: Option<String>,
    details_hash: String,
    ciphertext_hash: String,
    link: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    lines: u64,
    head: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Later {
    Line(Line),
    Last(Last),
}

const SALT_BYTES: usize = 16;

/// Checks an export. `expected_key`: the Ed25519 key that must have signed it, in hexadecimal.
pub fn verify(export: impl BufRead, expected_key: Option<&str>) -> Result<Report, Broken> {
    let mut lines = export.lines().map_while(Result::ok).zip(1_u64..);
    let (first, _) = lines.next().ok_or(Broken::Cut { after: 0 })?;
    let first: First = serde_json::from_str(&first).map_err(|_| Broken::Format { line: 1 })?;
    let (Some(wallet_id), Some(public_key), true) =
        (hex::<16>(&first.wallet_id), hex::<32>(&first.public_key), first.format == "walletlock journal 1")
    else {
        return Err(Broken::Format { line: 1 });
    };
    if expected_key.is_some_and(|expected| !expected.eq_ignore_ascii_case(&first.public_key)) {
        return Err(Broken::OtherKey);
    }
    let mut link = sha256(&[b"walletlock v1 journal start", &wallet_id]);
    let (mut number, mut unreadable, mut last_line) = (0, 0, 1);
    while let Some((text, line)) = lines.next() {
        last_line = line;
        match serde_json::from_str(&text).map_err(|_| Broken::Format { line })? {
            Later::Line(journal) => {
                number += 1;
                link = follow(&link, number, &journal, line)?;
                unreadable += u64::from(journal.salted_details.is_none());
            }
            Later::Last(last) => {
                if lines.next().is_some() {
                    return Err(Broken::Format { line: line + 1 });
                }
                if last.lines != number || hex::<32>(&last.head) != Some(link) {
                    return Err(Broken::Chain { number: number + 1, line });
                }
                let signature = hex::<64>(&last.signature).ok_or(Broken::Format { line })?;
                let message =
                    [b"walletlock v1 journal export".as_slice(), &wallet_id, &number.to_be_bytes(), &link].concat();
                UnparsedPublicKey::new(&ED25519, public_key)
                    .verify(&message, &signature)
                    .map_err(|_| Broken::Signature)?;
                return Ok(Report { lines: number, unreadable, public_key: first.public_key });
            }
        }
    }
    Err(Broken::Cut { after: last_line })
}

/// The link of a line, if it is the next one and says what was written.
fn follow(before: &[u8; 32], number: u64, journal: &Line, line: u64) -> Result<[u8; 32], Broken> {
    let fields = (hex::<32>(&journal.details_hash), hex::<32>(&journal.ciphertext_hash), hex::<32>(&journal.link));
    let (Some(details_hash), Some(ciphertext_hash), Some(link)) = fields else { return Err(Broken::Format { line }) };
    let expected = sha256(&[
        b"walletlock v1 journal line",
        before,
        &journal.number.to_be_bytes(),
        &[u8::from(journal.boot.is_some())],
        &journal.boot.unwrap_or(0).to_be_bytes(),
        &journal.since_boot_ms.to_be_bytes(),
        &journal.wall_ms.to_be_bytes(),
        &journal.kind.to_be_bytes(),
        &details_hash,
        &ciphertext_hash,
    ]);
    if journal.number != number || link != expected {
        return Err(Broken::Chain { number, line });
    }
    if says_what_was_written(journal, &details_hash) { Ok(link) } else { Err(Broken::Details { number, line }) }
}

fn says_what_was_written(journal: &Line, details_hash: &[u8; 32]) -> bool {
    let Some(salted) = &journal.salted_details else { return journal.details.is_none() };
    let Some(salted) = hex_bytes(salted) else { return false };
    if salted.is_empty() {
        return *details_hash == [0; 32] && journal.details.as_ref().is_some_and(BTreeMap::is_empty);
    }
    let said = salted.get(SALT_BYTES..).and_then(|json| serde_json::from_slice(json).ok());
    sha256(&[b"walletlock v1 journal details hash", &salted]) == *details_hash
        && said.is_some()
        && journal.details == said
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.iter_mut().zip(digest(&SHA256, &parts.concat()).as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex_bytes(text)?.try_into().ok()
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}
