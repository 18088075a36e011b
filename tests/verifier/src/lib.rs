//! Checks an exported journal: every line is as it was written, none is missing, none was added, and the end is signed.
//!
//! This is written from `FORMAT.md`, which stands beside it, and shares no code with the code that writes exports, so
//! that a mistake there is noticed here. It is strict in every byte: each line is written again from what was read, and
//! must come out the same. What JSON also allows (another order, a name twice, blanks, escapes) could let a person read
//! something else than what was checked.

use std::collections::BTreeMap;
use std::io::BufRead;

use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An export that is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The number of journal lines.
    pub lines: u64,
    /// The number of lines whose details the exporting wallet could not open. The chain covers them too.
    pub unreadable: u64,
    /// The Ed25519 key that signed, in hexadecimal. It proves whose export this is only to someone who knows the key
    /// from another source.
    pub public_key: String,
}

/// Why an export is refused. `line` is a line of the file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The file ends too early, or cannot be read to its end.
    #[error("the file ends after line {after}, without a signature")]
    Cut {
        /// The last line that could be read.
        after: u64,
    },
    /// A line is not of the format in every byte, with a line feed at its end; or something follows the signature.
    #[error("line {line} is not of the format")]
    Format {
        /// The line of the file.
        line: u64,
    },
    /// A journal line is missing, added, moved or changed.
    #[error("journal line {number} is missing, added, moved or changed (line {line} of the file)")]
    Chain {
        /// The number that the journal line should have.
        number: u64,
        /// The line of the file.
        line: u64,
    },
    /// The details of a line are not what was written.
    #[error("the details of journal line {number} are not what was written (line {line} of the file)")]
    Details {
        /// The number of the journal line.
        number: u64,
        /// The line of the file.
        line: u64,
    },
    /// The key that the file names did not sign the end.
    #[error("the signature is not one over this journal")]
    Signature,
    /// Another key than the expected one signed.
    #[error("signed by another key than the expected one")]
    OtherKey,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: String,
    wallet_id: String,
    public_key: String,
}

#[derive(Deserialize, Serialize)]
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

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Last {
    lines: u64,
    head: String,
    signature: String,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Later {
    Line(Line),
    Last(Last),
}

const SALT_BYTES: usize = 16;
const PAD_BYTES: usize = 64;

/// Checks an export. `expected_key` is the Ed25519 key that must have signed it, in hexadecimal of either case. The
/// error says what is wrong, and where.
pub fn verify(export: impl BufRead, expected_key: Option<&str>) -> Result<Report, Broken> {
    let mut lines = Lines { file: export, number: 0 };
    let first: First = lines.next()?.ok_or(Broken::Cut { after: 0 })?;
    let (Some(wallet_id), Some(public_key), true) =
        (hex::<16>(&first.wallet_id), hex::<32>(&first.public_key), first.format == "walletlock journal 1")
    else {
        return Err(Broken::Format { line: 1 });
    };
    if expected_key.is_some_and(|expected| !expected.eq_ignore_ascii_case(&first.public_key)) {
        return Err(Broken::OtherKey);
    }
    let mut link = sha256(&[b"walletlock v1 journal start", &wallet_id]);
    let (mut number, mut unreadable) = (0, 0);
    while let Some(later) = lines.next()? {
        let line = lines.number;
        match later {
            Later::Line(journal) => {
                number += 1;
                link = follow(&link, number, &journal, line)?;
                unreadable += u64::from(journal.salted_details.is_none());
            }
            Later::Last(last) => {
                if lines.raw()?.is_some() {
                    return Err(Broken::Format { line: line + 1 });
                }
                let (Some(head), Some(signature)) = (hex::<32>(&last.head), hex::<64>(&last.signature)) else {
                    return Err(Broken::Format { line });
                };
                if last.lines != number || head != link {
                    return Err(Broken::Chain { number: number + 1, line });
                }
                let message =
                    [b"walletlock v1 journal export".as_slice(), &wallet_id, &number.to_be_bytes(), &link].concat();
                UnparsedPublicKey::new(&ED25519, public_key)
                    .verify(&message, &signature)
                    .map_err(|_| Broken::Signature)?;
                return Ok(Report { lines: number, unreadable, public_key: first.public_key });
            }
        }
    }
    Err(Broken::Cut { after: lines.number })
}

/// The lines of a file, as bytes: bytes that are not text make a line too.
struct Lines<File> {
    file: File,
    /// The number of the line that was read last.
    number: u64,
}

impl<File: BufRead> Lines<File> {
    /// The next line with its line feed, or `None` at the end of the file.
    fn raw(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(|_| Broken::Cut { after: self.number })?;
        Ok((!line.is_empty()).then_some(line))
    }

    /// The next line. It must be written exactly as an export writes what the line says.
    fn next<Line: DeserializeOwned + Serialize>(&mut self) -> Result<Option<Line>, Broken> {
        let Some(line) = self.raw()? else { return Ok(None) };
        self.number += 1;
        let read = serde_json::from_slice(&line).ok();
        read.filter(|read| written(read).is_some_and(|written| written == line))
            .map(Some)
            .ok_or(Broken::Format { line: self.number })
    }
}

fn written(line: &impl Serialize) -> Option<Vec<u8>> {
    let mut written = serde_json::to_vec(line).ok()?;
    written.push(b'\n');
    Some(written)
}

/// The link of a line, if the line is the next one and its details are what was written.
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
    if says_what_was_written(journal, &details_hash, &ciphertext_hash) {
        Ok(link)
    } else {
        Err(Broken::Details { number, line })
    }
}

fn says_what_was_written(journal: &Line, details_hash: &[u8; 32], ciphertext_hash: &[u8; 32]) -> bool {
    let (Some(salted), Some(details)) = (&journal.salted_details, &journal.details) else {
        return journal.salted_details.is_none() && journal.details.is_none();
    };
    let Some(salted) = hex_bytes(salted) else { return false };
    if salted.is_empty() {
        return details.is_empty() && *details_hash == [0; 32] && *ciphertext_hash == sha256(&[]);
    }
    sha256(&[b"walletlock v1 journal details hash", &salted]) == *details_hash
        && !details.is_empty()
        && salted.get(SALT_BYTES..).is_some_and(|said| padded(details).is_some_and(|padded| padded == said))
}

/// The details as they follow the salt: JSON, and blanks until salt and details together are a multiple of 64 bytes.
fn padded(details: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut padded = serde_json::to_vec(details).ok()?;
    let length = (SALT_BYTES + padded.len()).next_multiple_of(PAD_BYTES) - SALT_BYTES;
    padded.resize(length, b' ');
    Some(padded)
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
    // Not `to_digit`, which also takes capitals: then the same bytes could be written in many ways.
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}
