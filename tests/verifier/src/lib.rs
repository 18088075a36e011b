//! Checks an exported journal: every line is as it was written, none is missing, none was added, and the end is signed.
//! And the evidence for a disputed payment, which holds a part of a journal.
//!
//! This is written from `FORMAT.md`, which stands beside it, and shares no code with the code that writes exports, so
//! that a mistake there is noticed here. It is strict in every byte: each line is written again from what was read, and
//! must come out the same. What JSON also allows (another order, a name twice, blanks, escapes) could let a person read
//! something else than what was checked.

use std::collections::BTreeMap;
use std::io::BufRead;

use ring::digest::{Context, SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// A file that is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The number of journal lines in it.
    pub lines: u64,
    /// The number of journal lines before them that the owner had deleted.
    pub deleted: u64,
    /// The number of lines whose details the exporting wallet could not open. The chain covers them too.
    pub unreadable: u64,
    /// The Ed25519 key that signed, in hexadecimal. It proves whose export this is only to someone who knows the key
    /// from another source.
    pub public_key: String,
    /// For the evidence of a disputed payment: what it says.
    pub dispute: Option<Disputed>,
}

/// The evidence for a disputed payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// What the owner says.
    pub dispute: Dispute,
    /// The number of journal lines about the payment. The others are in the file as hashes only.
    pub about: u64,
    /// The lines that the person was shown when the payment was approved. Empty: it was not approved.
    pub shown: Vec<String>,
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
    /// The outer `None`: this format does not tell.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    deleted: Option<Option<Deleted>>,
}

/// A field that is there, even if it is null.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// The last line that the owner had deleted.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Deleted {
    number: u64,
    link: String,
    signature: String,
}

/// What the owner says of a disputed payment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The dispute's number.
    pub dispute: u32,
    /// The payment's id.
    pub payment: String,
    /// The journal line that the owner complained about.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// In the owner's words.
    pub text: String,
    /// When it was opened, by the phone's clock: milliseconds since 1970.
    pub opened_wall_ms: i64,
    /// When this file was made.
    pub made_wall_ms: i64,
    /// Until when the bank should have been told.
    pub report_by_wall_ms: i64,
    /// When somebody was told.
    pub reported_wall_ms: Option<i64>,
    /// Who was told.
    pub reported_to: Option<String>,
    /// What was frozen: `all`, or `card:` and its id.
    pub frozen: String,
    /// The notice of that, signed by the phone for its provider.
    pub freeze_notice: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Run {
    run_after: u64,
    link: String,
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

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum LaterOfDispute {
    Line(Line),
    Run(Run),
    Last(Last),
}

impl Line {
    /// Whether this line says that the owner had the lines up to that one deleted.
    fn tells_of(&self, deleted: &Deleted) -> bool {
        let Some(details) = &self.details else { return false };
        let says = |name: &str, value: &str| details.get(name).is_some_and(|said| said == value);
        self.kind == LINES_DELETED && says("up_to", &deleted.number.to_string()) && says("link", &deleted.link)
    }
}

/// The kind of the line that says that lines were deleted.
const LINES_DELETED: u16 = 84;
const SALT_BYTES: usize = 16;
const PAD_BYTES: usize = 64;

/// Checks a file: an export, or the evidence for a disputed payment. `expected_key` is the Ed25519 key that must have
/// signed it, in hexadecimal of either case. The error says what is wrong, and where.
pub fn verify(file: impl BufRead, expected_key: Option<&str>) -> Result<Report, Broken> {
    let mut lines = Lines { file, number: 0, read: Context::new(&SHA256), before: None };
    let first: First = lines.next()?.ok_or(Broken::Cut { after: 0 })?;
    let (Some(wallet_id), Some(public_key)) = (hex::<16>(&first.wallet_id), hex::<32>(&first.public_key)) else {
        return Err(Broken::Format { line: 1 });
    };
    if expected_key.is_some_and(|expected| !expected.eq_ignore_ascii_case(&first.public_key)) {
        return Err(Broken::OtherKey);
    }
    let signer = Signer { wallet_id, public_key };
    match (first.format.as_str(), first.deleted) {
        ("walletlock journal 1", Some(deleted)) => verify_journal(lines, &signer, deleted, first.public_key),
        ("walletlock dispute 1", None) => verify_dispute(lines, &signer, first.public_key),
        _ => Err(Broken::Format { line: 1 }),
    }
}

fn verify_journal(
    mut lines: Lines<impl BufRead>,
    signer: &Signer,
    deleted: Option<Deleted>,
    public_key: String,
) -> Result<Report, Broken> {
    let mut link = sha256(&[b"walletlock v1 journal start", &signer.wallet_id]);
    let (mut number, mut unreadable, mut tells_of_deletion) = (0, 0, deleted.is_none());
    if let Some(Deleted { number: last, link: last_link, signature }) = &deleted {
        let (Some(last_link), Some(signature)) = (hex::<32>(last_link), hex::<64>(signature)) else {
            return Err(Broken::Format { line: 1 });
        };
        let message =
            [b"walletlock v1 journal deleted".as_slice(), &signer.wallet_id, &last.to_be_bytes(), &last_link].concat();
        signer.check(&message, &signature)?;
        (number, link) = (*last, last_link);
    }
    let start = number;
    while let Some(later) = lines.next()? {
        let line = lines.number;
        match later {
            Later::Line(journal) => {
                number += 1;
                link = follow(&link, number, &journal, line)?;
                unreadable += u64::from(journal.salted_details.is_none());
                tells_of_deletion |= deleted.as_ref().is_some_and(|deleted| journal.tells_of(deleted));
            }
            Later::Last(last) => {
                lines.end()?;
                let (Some(head), Some(signature)) = (hex::<32>(&last.head), hex::<64>(&last.signature)) else {
                    return Err(Broken::Format { line });
                };
                if last.lines != number || head != link {
                    return Err(Broken::Chain { number: number + 1, line });
                }
                if !tells_of_deletion {
                    return Err(Broken::Chain { number: start + 1, line: 1 });
                }
                let message =
                    [b"walletlock v1 journal export".as_slice(), &signer.wallet_id, &number.to_be_bytes(), &link]
                        .concat();
                signer.check(&message, &signature)?;
                return Ok(Report { lines: number - start, deleted: start, unreadable, public_key, dispute: None });
            }
        }
    }
    Err(Broken::Cut { after: lines.number })
}

fn verify_dispute(mut lines: Lines<impl BufRead>, signer: &Signer, public_key: String) -> Result<Report, Broken> {
    let dispute: Dispute = lines.next()?.ok_or(Broken::Cut { after: 1 })?;
    // The line before the next one: its number and its link.
    let mut before: Option<(u64, [u8; 32])> = None;
    let (mut count, mut about, mut shown) = (0, 0, Vec::new());
    while let Some(later) = lines.next()? {
        let line = lines.number;
        match later {
            LaterOfDispute::Run(run) => {
                let link = hex::<32>(&run.link).ok_or(Broken::Format { line })?;
                if before.is_some_and(|(number, _)| run.run_after <= number) {
                    return Err(Broken::Chain { number: run.run_after, line });
                }
                before = Some((run.run_after, link));
            }
            LaterOfDispute::Line(journal) => {
                let Some((number, link)) = before else { return Err(Broken::Format { line }) };
                let number = number.checked_add(1).ok_or(Broken::Format { line })?;
                before = Some((number, follow(&link, number, &journal, line)?));
                count += 1;
                if let Some(details) = &journal.details {
                    if details.get("payment") != Some(&dispute.payment) {
                        return Err(Broken::Details { number, line });
                    }
                    about += 1;
                    shown = details.get("token").and_then(|token| lines_shown(token)).unwrap_or(shown);
                }
            }
            LaterOfDispute::Last(last) => {
                lines.end()?;
                let (Some(head), Some(signature)) = (hex::<32>(&last.head), hex::<64>(&last.signature)) else {
                    return Err(Broken::Format { line });
                };
                // The journal ends with the last of these lines, or after it.
                let fits =
                    before.is_none_or(|(number, link)| number < last.lines || (number == last.lines && link == head));
                if !fits || about == 0 {
                    return Err(Broken::Chain { number: last.lines, line });
                }
                let content = lines.before.take().unwrap_or_default();
                let message = [
                    b"walletlock v1 dispute".as_slice(),
                    &signer.wallet_id,
                    &last.lines.to_be_bytes(),
                    &head,
                    &content,
                ]
                .concat();
                signer.check(&message, &signature)?;
                let dispute = Some(Disputed { dispute, about, shown });
                return Ok(Report { lines: count, deleted: 0, unreadable: 0, public_key, dispute });
            }
        }
    }
    Err(Broken::Cut { after: lines.number })
}

/// What the person was shown: the authorisation says it. `None`: it is no authorisation.
fn lines_shown(token: &str) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Payload {
        shown: Vec<String>,
    }
    let payload = base64url(token.split('.').nth(1)?)?;
    serde_json::from_slice::<Payload>(&payload).ok().map(|payload| payload.shown)
}

/// Base64url without padding (RFC 4648, section 5).
fn base64url(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            bits = bits << 6 | u32::from(digit(*byte)?);
        }
        let whole = group.len() * 6 / 8;
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(bits.to_be_bytes().get(1..=whole)?);
    }
    Some(bytes)
}

/// The wallet that signed.
struct Signer {
    wallet_id: [u8; 16],
    public_key: [u8; 32],
}

impl Signer {
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), Broken> {
        let key = UnparsedPublicKey::new(&ED25519, self.public_key);
        key.verify(message, signature).map_err(|_| Broken::Signature)
    }
}

/// The lines of a file, as bytes: bytes that are not text make a line too.
struct Lines<File> {
    file: File,
    /// The number of the line that was read last.
    number: u64,
    /// SHA-256 of the lines that were read.
    read: Context,
    /// SHA-256 of the lines before the one that was read last.
    before: Option<Vec<u8>>,
}

impl<File: BufRead> Lines<File> {
    /// The next line with its line feed, or `None` at the end of the file.
    fn raw(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(|_| Broken::Cut { after: self.number })?;
        Ok((!line.is_empty()).then_some(line))
    }

    /// The file ends here.
    fn end(&mut self) -> Result<(), Broken> {
        let line = self.number + 1;
        if self.raw()?.is_some() { Err(Broken::Format { line }) } else { Ok(()) }
    }

    /// The next line. It must be written exactly as an export writes what the line says.
    fn next<Line: DeserializeOwned + Serialize>(&mut self) -> Result<Option<Line>, Broken> {
        let Some(line) = self.raw()? else { return Ok(None) };
        self.number += 1;
        self.before = Some(self.read.clone().finish().as_ref().to_vec());
        self.read.update(&line);
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
